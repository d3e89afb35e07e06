/* The mini-program's folder: reading its files, and finding what they name.

`problems` is what makes a build fail; `notes` are remarks about other people's packages.
"Build npm", which the developer tool does by hand, is done here in thought: the address
miniprogram_npm/NAME/… stands for node_modules/NAME/miniprogram_dist/…. */

import fs from 'node:fs';
import path from 'node:path';

const NPM = 'miniprogram_npm';
export const TAGS = '__tags'; // the folder in which our own built-in tags pretend to live

/** An address inside the mini-program, without dots and without a leading slash. */
export function plain(address) {
  return path.posix.normalize(address).replace(/^\/+/, '');
}

export class Project {
  constructor(root, tags) {
    this.root = root;
    this.tags = tags;
    this.problems = [];
    this.notes = [];
    this.filesRead = new Set();
  }

  /** Where an address lies on the disk. */
  place(address) {
    if (address.startsWith(TAGS + '/')) return path.join(this.tags, address.slice(TAGS.length + 1));
    if (address.startsWith(NPM + '/')) {
      const parts = address.slice(NPM.length + 1).split('/');
      const name = parts[0].startsWith('@') ? parts.splice(0, 2).join('/') : parts.shift();
      return path.join(this.root, 'node_modules', name, 'miniprogram_dist', ...parts);
    }
    return path.join(this.root, address);
  }

  has(address) {
    const place = this.place(address);
    return fs.existsSync(place) && fs.statSync(place).isFile();
  }

  read(address) {
    const text = fs.readFileSync(this.place(address), 'utf8');
    this.filesRead.add(address);
    return text;
  }

  json(address) {
    try {
      return JSON.parse(this.read(address));
    } catch (error) {
      this.problems.push(`${address}: ${error.message}`);
      return {};
    }
  }

  /** Whether this is a file of a package and not one of ours. */
  isForeign(address) {
    return address.includes(NPM + '/') || address.startsWith(TAGS + '/');
  }

  /** The component that `from` calls `reference`, as an address without extension; null when there is none. */
  component(from, reference) {
    const test = (address) =>
      this.has(address + '.json') ? address : this.has(address + '/index.json') ? address + '/index' : null;
    return this.#find(from, reference, test);
  }

  /** The script that `from` requires as `reference`; null when there is none. */
  script(from, reference) {
    const test = (address) =>
      [address, address + '.js', address + '/index.js'].find((file) => file.endsWith('.js') && this.has(file)) || null;
    return this.#find(from, reference, test);
  }

  #find(from, reference, test) {
    if (reference.startsWith('/')) return test(plain(reference));
    const here = path.posix.dirname(from);
    const beside = test(plain(path.posix.join(here, reference)));
    if (beside || /^\.\.?\//.test(reference)) return beside;
    for (let folder = here; ; folder = path.posix.dirname(folder)) {
      const found = test(plain(path.posix.join(folder, NPM, reference)));
      if (found || folder === '.') return found;
    }
  }
}
