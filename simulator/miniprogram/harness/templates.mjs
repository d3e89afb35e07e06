/* Templates: every .wxml and .wxs, by WeChat's own open compiler. */

import path from 'node:path';
import { createRequire } from 'node:module';
import { plain, TAGS } from './project.mjs';

const { TmplGroup } = createRequire(import.meta.url)('glass-easel-template-compiler');

/** The compiled templates as JavaScript text: an object from address to template. */
export function compileTemplates(project, components) {
  const group = TmplGroup.newDev();
  const templates = new Set();
  const scripts = new Set();

  function addTemplate(address) {
    if (templates.has(address) || !project.has(address + '.wxml')) return;
    templates.add(address);
    for (const warning of group.addTmpl(address, project.read(address + '.wxml'))) {
      const where = `${warning.path}.wxml:${warning.startLine + 1}:${warning.startColumn + 1}`;
      (project.isForeign(address) ? project.notes : project.problems).push(`${where}: ${warning.message}`);
    }
    for (const name of group.getInlineScriptModuleNames(address)) {
      group.setInlineScript(address, name, asWxs(group.getInlineScript(address, name)));
    }
    group.getDirectDependencies(address).forEach(addTemplate);
    group.getScriptDependencies(address).forEach(addScript);
  }

  // A script is known by exactly what it is asked for as: require() says .wxs, <wxs src> does not.
  function addScript(address) {
    if (scripts.has(address)) return;
    scripts.add(address);
    const file = address.endsWith('.wxs') ? address : address + '.wxs';
    if (!project.has(file)) {
      project.problems.push(`${file}: missing`);
      return;
    }
    const code = project.read(file);
    group.addScript(address, asWxs(code));
    for (const [, reference] of code.matchAll(/require\(\s*['"](.+?)['"]\s*\)/g)) {
      addScript(plain(path.posix.join(path.posix.dirname(file), reference)));
    }
  }

  for (const address of components.keys()) {
    if (address.startsWith(TAGS + '/')) group.addTmpl(address, '<slot/>');
    else addTemplate(address);
  }
  return group.getTmplGenObjectGroups();
}

/** In WXS `value.constructor` is a word such as 'Array'; the runtime keeps those words as __word. */
function asWxs(code) {
  return code.replace(/\.constructor\b/g, '.__word');
}
