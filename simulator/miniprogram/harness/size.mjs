/* How large the packages are that a phone loads: what is reached, and every picture. WeChat allows 2 MB each. */

import fs from 'node:fs';
import path from 'node:path';

const PICTURE = /\.(png|jpe?g|gif|svg|webp)$/;

/** The pictures of the mini-program itself. */
export function pictures(root, folder = '') {
  return fs.readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const address = path.posix.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name.startsWith('node_modules') ? [] : pictures(root, address);
    return PICTURE.test(entry.name) ? [address] : [];
  });
}

/** Bytes by package: "main", and the root of each sub-package. */
export function packageSizes(project, config) {
  const roots = (config.subPackages || config.subpackages || []).map((part) => part.root.replace(/\/$/, ''));
  const sizes = Object.fromEntries(['main', ...roots].map((root) => [root, 0]));
  for (const address of new Set([...project.filesRead, ...pictures(project.root)])) {
    if (address.startsWith('__')) continue;
    const root = roots.find((one) => address.startsWith(one + '/')) || 'main';
    sizes[root] += fs.statSync(project.place(address)).size;
  }
  return sizes;
}
