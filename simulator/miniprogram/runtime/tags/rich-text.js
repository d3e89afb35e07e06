/* Markup that was made by us: a string, or WeChat's nodes. */
const { host } = window.__tags;

function made(node) {
  if (node.type === 'text') return document.createTextNode(node.text);
  const element = document.createElement(node.name || 'div');
  for (const [name, value] of Object.entries(node.attrs || {})) element.setAttribute(name, value);
  element.append(...(node.children || []).map(made));
  return element;
}

Component({
  properties: { nodes: null, space: String, userSelect: Boolean },
  observers: {
    nodes(nodes) {
      if (typeof nodes === 'string') host(this).innerHTML = nodes;
      else host(this).replaceChildren(...(nodes || []).map(made));
    },
  },
});
