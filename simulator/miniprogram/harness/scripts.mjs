/* Scripts: every module that can be reached, each with the addresses of what it requires. */

import esbuild from 'esbuild';

const REQUIRE = /require\(\s*["'](.+?)["']\s*\)/g;

/** A map from file to {code, needs}. */
export function compileScripts(project, components) {
  const modules = new Map();
  const waiting = ['app.js', ...[...components.keys()].map((address) => address + '.js')];
  while (waiting.length) {
    const file = waiting.shift();
    if (modules.has(file) || !project.has(file)) continue;
    let code;
    try {
      const options = { loader: 'js', format: 'cjs', target: 'es2020', sourcefile: file, sourcemap: 'inline' };
      code = esbuild.transformSync(project.read(file), options).code;
    } catch (error) {
      project.problems.push(`${file}: ${error.message}`);
      continue;
    }
    const needs = {};
    for (const [, reference] of code.matchAll(REQUIRE)) {
      const found = project.script(file, reference);
      if (found) waiting.push((needs[reference] = found));
      else project.problems.push(`${file}: cannot resolve require('${reference}')`);
    }
    modules.set(file, { code, needs });
  }
  return modules;
}
