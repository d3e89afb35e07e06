/* What a phone would only show by doing nothing: handlers, tags, pictures and wx calls that are not there. */

import path from 'node:path';
import { plain } from './project.mjs';

const STRUCTURE = ['block', 'template', 'import', 'include', 'slot', 'wxs'];
const HANDLER = /\b(?:capture-|mut-)?(?:bind|catch):?[\w-]+\s*=\s*"(\w+)"/g;
const PICTURE = /\bsrc\s*=\s*"([^"{}]+\.(?:svg|png|jpe?g|webp))"/g;

/** Look through everything that is ours. `knownCalls` are the names that the doubles of wx have. */
export function lint(project, components, modules, tags, knownCalls) {
  for (const [address, config] of components) {
    if (!project.isForeign(address) && project.has(address + '.wxml')) {
      lintTemplate(project, address, new Set([...STRUCTURE, ...tags, ...Object.keys(config.usingComponents)]));
    }
  }
  for (const file of modules.keys()) {
    if (!project.isForeign(file)) lintCalls(project, file, knownCalls);
  }
}

function lintTemplate(project, address, known) {
  const text = project.read(address + '.wxml').replace(/<!--[\s\S]*?-->|<wxs[\s\S]*?<\/wxs>/g, '');
  const script = project.has(address + '.js') ? wholeScript(project, address + '.js') : '';
  const problem = (what) => project.problems.push(`${address}.wxml: ${what}`);
  for (const tag of all(text, /<([a-zA-Z][\w-]*)/g)) {
    if (!known.has(tag)) problem(`<${tag}> is neither built in nor in usingComponents`);
  }
  for (const name of all(text, HANDLER)) {
    if (!new RegExp(`\\b${name}\\b\\s*[(:=,]`).test(script)) problem(`handler "${name}" is not defined in ${address}.js`);
  }
  for (const picture of all(text, PICTURE)) {
    const file = picture.startsWith('/') ? picture : path.posix.join(path.posix.dirname(address), picture);
    if (!project.has(plain(file))) problem(`${picture} is missing`);
  }
}

/** A script with the parts that it spreads into its page: `const { part } = require(…)`, `...part,`. */
function wholeScript(project, file) {
  const own = project.read(file);
  const parts = [...own.matchAll(/const \{ (\w+) \} = require\('(\.[^']+)'\)/g)].filter(([, name]) => own.includes(`\n  ...${name},`));
  return [own, ...parts.map(([, , place]) => project.read(path.posix.join(path.posix.dirname(file), place) + '.js'))].join('\n');
}

function lintCalls(project, file, known) {
  const code = project.read(file).replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  for (const name of all(code, /\bwx\.(\w+)/g)) {
    if (!known.has(name)) project.problems.push(`${file}: wx.${name} has no double in simulator/miniprogram/runtime/wx`);
  }
}

function all(text, pattern) {
  return new Set([...text.matchAll(pattern)].map((match) => match[1]));
}
