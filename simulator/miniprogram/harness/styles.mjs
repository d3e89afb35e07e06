/* Styles: rpx, vh, imports, and classes that stay inside their component. */

import path from 'node:path';
import postcss from 'postcss';
import selectors from 'postcss-selector-parser';
import { plain } from './project.mjs';

const VH = /(-?\d*\.?\d+)vh\b/g; // of the page, which is lower than the screen
const RPX = /(-?\d*\.?\d+)rpx\b/g;
const IMPORT = /@import\s+(?:url\()?['"]([^'"]+)['"]\)?\s*;?/g;

/** {sheets, scopes}: style sheets by address, and the prefix of those whose classes are their own. */
export function compileStyles(project, components) {
  const sheets = {};
  const scopes = {};
  for (const address of ['app', ...components.keys()]) {
    if (!project.has(address + '.wxss')) continue;
    const scope = isShared(address, components.get(address)) ? '' : `s${Object.keys(scopes).length}`;
    if (scope) scopes[address] = scope;
    try {
      const page = components.get(address) && !components.get(address).component ? address : '';
      sheets[address] = translate(inline(project, address + '.wxss'), { scope, page }, address);
    } catch (error) {
      project.problems.push(`${address}.wxss: ${error.message}`);
    }
  }
  return { sheets, scopes };
}

function isShared(address, config = {}) {
  const isolation = config.styleIsolation || (config.component ? 'isolated' : 'shared');
  return address === 'app' || isolation === 'shared' || isolation === 'page-shared';
}

function inline(project, file, seen = new Set()) {
  if (seen.has(file)) return '';
  seen.add(file);
  if (!project.has(file)) {
    project.problems.push(`${file}: missing`);
    return '';
  }
  return project.read(file).replace(IMPORT, (_, reference) => {
    const next = reference.startsWith('/') ? reference : path.posix.join(path.posix.dirname(file), reference);
    return inline(project, plain(next), seen);
  });
}

function translate(text, { scope, page }, address) {
  const root = postcss.parse(text, { from: address + '.wxss' });
  root.walkDecls((declaration) => {
    declaration.value = declaration.value.replace(RPX, (_, number) => `calc(var(--rpx) * ${number})`)
      .replace(VH, (_, number) => `calc(var(--mp-vh) * ${number})`);
  });
  root.walkRules((rule) => {
    if (rule.parent.type === 'atrule' && /keyframes$/.test(rule.parent.name)) return;
    const selector = selectors((found) => translateSelector(found, scope)).processSync(rule.selector);
    // A page's style sheet is for that page alone; :where() adds no weight.
    const only = (one) => `:where([data-path="${page}"]) ${one.trim()}`;
    rule.selector = page ? postcss.list.comma(selector).map(only).join(', ') : selector;
  });
  return root.toString();
}

function translateSelector(found, scope) {
  found.walkClasses((one) => {
    if (scope) one.value = `${scope}--${one.value}`;
  });
  found.walkTags((one) => {
    if (/^[a-z][\w-]*$/.test(one.value)) one.value = 'wx-' + one.value;
  });
  found.walkPseudos((one) => {
    if (one.value === ':root') one.replaceWith(selectors.tag({ value: 'wx-page' }));
    if (one.value === ':host') {
      one.replaceWith(selectors.attribute({ attribute: 'wx-host', operator: '=', value: scope, quoteMark: '"', raws: {} }));
    }
  });
}
