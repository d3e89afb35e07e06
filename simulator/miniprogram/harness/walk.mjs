/* Walking the app: from app.json to every page and every component that can come up. */

import fs from 'node:fs';
import { plain, TAGS } from './project.mjs';

/** The names of the built-in tags that the runtime has. */
export function builtInTags(folder) {
  return fs.readdirSync(folder).filter((file) => file.endsWith('.js')).map((file) => file.slice(0, -3)).sort();
}

/** {config, pages, components}: components by address, each with the tags it may use. */
export function walk(project, tags) {
  const config = project.json('app.json');
  const packages = config.subPackages || config.subpackages || [];
  const pages = [
    ...(config.pages || []),
    ...packages.flatMap((part) => part.pages.map((page) => plain(`${part.root}/${page}`))),
  ];
  if (config.style === 'v2') project.problems.push('app.json: "style": "v2" changes how built-in tags look; leave it out');
  const builtIn = Object.fromEntries(tags.map((tag) => [tag, `/${TAGS}/${tag}`]));
  const components = new Map(tags.map((tag) => [`${TAGS}/${tag}`, { component: true, usingComponents: {} }]));
  const waiting = [...pages];

  function used(from, named = {}) {
    const found = {};
    for (const [tag, reference] of Object.entries(named)) {
      const address = project.component(from, reference);
      if (!address) {
        project.problems.push(`${from}.json: component ${tag} -> ${reference} not found`);
        continue;
      }
      found[tag] = '/' + address;
      waiting.push(address);
    }
    return found;
  }

  const everywhere = used('app', config.usingComponents);
  while (waiting.length) {
    const address = waiting.shift();
    if (components.has(address)) continue;
    const own = project.has(address + '.json') ? project.json(address + '.json') : {};
    for (const kind of ['.js', '.wxml']) {
      if (!project.has(address + kind)) project.problems.push(`${address}${kind}: missing`);
    }
    components.set(address, { ...own, usingComponents: { ...builtIn, ...everywhere, ...used(address, own.usingComponents) } });
  }
  checkNamedFiles(project, config);
  return { config, pages, components };
}

/** Pictures and tables that app.json names have to be there. */
function checkNamedFiles(project, config) {
  const named = [config.themeLocation, config.sitemapLocation];
  for (const tab of (config.tabBar && config.tabBar.list) || []) named.push(tab.iconPath, tab.selectedIconPath);
  for (const file of named) {
    if (file && !file.startsWith('@') && !project.has(plain(file))) project.problems.push(`app.json: ${file} is missing`);
  }
}
