/* glass-easel, set up so that what it draws looks like WeChat's own pages. */

import * as adapter from 'glass-easel-miniprogram-adapter';

const { glassEasel } = adapter;
const RPX = /(-?\d*\.?\d+)rpx\b/g;
// What a finger does comes from the browser; everything else is raised by the built-in tags themselves.
const FINGER = /^(tap|canceltap|longpress|touch\w+|transitionend|animation\w+)$/;

/** rpx in inline styles, and ids as the author wrote them. */
function patchDom() {
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function (name, value) {
    const text = name === 'style' ? String(value).replace(RPX, (_, number) => `calc(var(--rpx) * ${number})`) : value;
    return setAttribute.call(this, name, text);
  };
  const id = Object.getOwnPropertyDescriptor(Element.prototype, 'id');
  Object.defineProperty(Element.prototype, 'id', {
    ...id,
    set(value) {
      id.set.call(this, String(value).replace(/^.*?--(?=.)/, ''));
    },
  });
}

class Window extends glassEasel.CurrentWindowBackendContext {
  constructor() {
    super();
    this.document = {
      createElement: (tag) => document.createElement(tag.startsWith('wx-') ? tag : 'wx-' + tag),
      createTextNode: (text) => document.createTextNode(text),
      createDocumentFragment: () => document.createDocumentFragment(),
    };
  }
}

/** {space, screen}: where components are defined, and what they are drawn on. */
export function startBackend(report, warn) {
  patchDom();
  glassEasel.globalOptions.writeIdToDOM = true;
  const setDataset = glassEasel.Element.prototype.setDataset;
  glassEasel.Element.prototype.setDataset = function (name, value) {
    setDataset.call(this, name, value);
    const element = this.getBackendElement();
    const attribute = name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());
    if (element && typeof value !== 'object') element.setAttribute(`data-${attribute}`, String(value));
  };
  const environment = new adapter.MiniProgramEnv();
  const space = environment.createCodeSpace('main', true);
  space.getComponentSpace().updateComponentOptions({ writeIdToDOM: true, writeFieldsToNode: false });
  const backend = new Window();
  const screen = environment.associateBackend(backend);
  backend.onEvent((target, type, detail, options) => {
    if (FINGER.test(type)) glassEasel.Event.dispatchEvent(target, fingerEvent(type, detail, options));
  });
  glassEasel.addGlobalErrorListener((error) => report(error));
  glassEasel.addGlobalWarningListener((message) => warn(message));
  return { space, screen };
}

/** The event of a finger. On a canvas the touches carry x and y from its corner, as WeChat's do. */
function fingerEvent(type, detail, options) {
  const event = new glassEasel.Event(type, detail, options);
  const original = options && options.originalEvent;
  if (!original || !type.startsWith('touch')) return event;
  const canvas = original.target instanceof Element && original.target.closest('wx-canvas');
  const box = canvas ? canvas.getBoundingClientRect() : null;
  const points = (list) => Array.from(list || [], (touch) => ({
    identifier: touch.identifier, clientX: touch.clientX, clientY: touch.clientY, pageX: touch.pageX, pageY: touch.pageY,
    ...(box ? { x: touch.clientX - box.left, y: touch.clientY - box.top } : {}),
  }));
  Object.assign(event, { touches: points(original.touches), changedTouches: points(original.changedTouches) });
  return event;
}

/** `fields({node: true})` of selector queries, which the adapter leaves out: the canvas inside the tag. */
export function giveNodes(query) {
  const queries = Object.getPrototypeOf(query);
  if (queries.givesNodes) return;
  queries.givesNodes = true;
  const push = queries._$push;
  queries._$push = function (selector, component, single, fields, done) {
    if (!fields.node) return push.call(this, selector, component, single, fields, done);
    return push.call(this, selector, component, single, { ...fields, context: true }, (found) => {
      if (found) found.node = found.context && found.context.__node;
      if (found) delete found.context;
      done(found);
    });
  };
}
