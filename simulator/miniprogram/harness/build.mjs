/* node build.mjs CLIENT OUT [TAGS...]: makes a folder that shows the mini-program in a browser.

Prints one JSON object: {problems, notes, sizes, components, scripts}. Exits with 1 when there are problems;
what is in OUT then is not to be relied on. */

import fs from 'node:fs';
import path from 'node:path';
import esbuild from 'esbuild';
import { lint } from './lint.mjs';
import { knownCalls } from '../runtime/wx/index.js';
import { Project } from './project.mjs';
import { compileScripts } from './scripts.mjs';
import { packageSizes, pictures } from './size.mjs';
import { compileStyles } from './styles.mjs';
import { compileTemplates } from './templates.mjs';
import { builtInTags, walk } from './walk.mjs';

const HERE = import.meta.dirname || path.dirname(new URL(import.meta.url).pathname);
const RUNTIME = path.join(HERE, '..', 'runtime');
const PAGE = `<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1,viewport-fit=cover">
<title>mini-program</title><link rel="stylesheet" href="base.css"></head>
<body><script src="app.js"></script><script src="runtime.js"></script></body></html>
`;

function main(client, out) {
  const tagFolder = path.join(RUNTIME, 'tags');
  const project = new Project(client, tagFolder);
  const tags = builtInTags(tagFolder);
  const app = walk(project, tags);
  const templates = compileTemplates(project, app.components);
  const styles = compileStyles(project, app.components);
  const modules = compileScripts(project, app.components);
  lint(project, app.components, modules, tags, knownCalls());
  fs.rmSync(out, { recursive: true, force: true });
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(path.join(out, 'app.js'), appText(project, app, templates, styles, modules));
  fs.writeFileSync(path.join(out, 'index.html'), PAGE);
  fs.copyFileSync(path.join(RUNTIME, 'base.css'), path.join(out, 'base.css'));
  esbuild.buildSync({
    entryPoints: [path.join(RUNTIME, 'main.js')],
    outfile: path.join(out, 'runtime.js'),
    bundle: true,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"development"' },
    nodePaths: [path.join(HERE, '..', 'node_modules')],
  });
  for (const picture of pictures(client)) {
    fs.mkdirSync(path.join(out, path.dirname(picture)), { recursive: true });
    fs.copyFileSync(path.join(client, picture), path.join(out, picture));
  }
  const { problems, notes } = project;
  const sizes = packageSizes(project, app.config);
  console.log(JSON.stringify({ problems, notes, sizes, components: app.components.size - tags.length, scripts: modules.size }));
  return problems.length ? 1 : 0;
}

function appText(project, app, templates, styles, modules) {
  const theme = app.config.themeLocation ? project.json(app.config.themeLocation) : {};
  const pageConfigs = Object.fromEntries(app.pages.map((page) => [page, app.components.get(page)]));
  const needs = Object.fromEntries([...modules].map(([file, one]) => [file, one.needs]));
  const plainData = {
    config: app.config, theme, pages: app.pages, pageConfigs, needs,
    components: Object.fromEntries(app.components), sheets: styles.sheets, scopes: styles.scopes,
  };
  const functions = [...modules].map(
    ([file, one]) => `${JSON.stringify(file)}: function (require, module, exports) {${one.code}\n}`,
  );
  return `${fs.readFileSync(path.join(RUNTIME, 'wxs.js'), 'utf8')}
window.__app = Object.assign(${JSON.stringify(plainData)}, {
  templates: ${templates},
  modules: {\n${functions.join(',\n')}\n},
});
`;
}

process.exitCode = main(path.resolve(process.argv[2]), path.resolve(process.argv[3]));
