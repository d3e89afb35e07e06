/* require(), and the four words a mini-program's script begins with: App, Page, Component, Behavior. */

import { ariaDefinition } from './aria.js';

const app = window.__app;
const cache = {};
let definer = null;
let instance = {};

/** The value of App(): what getApp() gives. */
export function appInstance() {
  return instance;
}

/** Run a module once; returns its exports. */
export function load(file) {
  if (cache[file]) return cache[file].exports;
  const module = (cache[file] = { exports: {} });
  const require = (reference) => {
    const found = app.needs[file][reference];
    if (!found) throw new Error(`${file}: cannot find module '${reference}'`);
    return load(found);
  };
  app.modules[file].call(undefined, require, module, module.exports);
  return module.exports;
}

/** Put App and its companions where scripts look for them. */
export function defineGlobals(stack) {
  for (const kind of ['Page', 'Component', 'Behavior']) window[kind] = (definition) => definer[kind](definition);
  window.App = (definition) => {
    instance = definition;
    instance.globalData = instance.globalData || {};
  };
  window.getApp = () => instance;
  window.getCurrentPages = () => stack.instances();
}

const registered = new Set();

/** Make a component (or page) known, with everything it uses. */
export function register(space, address) {
  if (registered.has(address)) return;
  registered.add(address);
  const config = app.components[address];
  for (const used of new Set(Object.values(config.usingComponents || {}))) register(space, used.slice(1));
  space.addComponentStaticConfig(address, { ...config });
  space.addCompiledTemplate(address, { groupList: app.templates, content: app.templates[address] });
  if (app.sheets[address] !== undefined) space.addStyleSheet(address, address, app.scopes[address]);
  const isTag = address.startsWith('__tags/');
  space.componentEnv(address, (environment) => {
    const outer = definer;
    definer = {
      Page: (definition) => environment.Page(ours(definition)),
      Component: (definition) => environment.Component(isTag ? withAria(environment, definition) : ours(definition)),
      Behavior: (definition) => environment.Behavior(ours(definition)),
    };
    try {
      load(address + '.js');
    } finally {
      definer = outer;
    }
  });
}

/** Behaviors named by a word, such as 'wx://form-field', have no counterpart here. */
function ours(definition) {
  if (!definition || !definition.behaviors) return definition;
  return { ...definition, behaviors: definition.behaviors.filter((one) => one && typeof one !== 'string') };
}

function withAria(environment, definition) {
  const plain = ours(definition);
  return { ...plain, behaviors: [...(plain.behaviors || []), environment.Behavior(ariaDefinition())] };
}
