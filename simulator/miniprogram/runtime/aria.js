/* role and aria-… on built-in tags, as they stand in the template: WeChat hands them to screen readers. */

const STATES = ['ariaLabel', 'ariaSelected', 'ariaChecked', 'ariaHidden', 'ariaBusy', 'ariaExpanded', 'ariaDisabled', 'ariaRole', 'ariaLive'];

/** @returns a definition for Behavior() */
export function ariaDefinition() {
  const names = ['role', ...STATES];
  return {
    properties: Object.fromEntries(names.map((name) => [name, { type: null, value: null }])),
    observers: Object.fromEntries(names.map((name) => [name, function (value) {
      const element = window.__tags.host(this);
      const attribute = name.replace(/[A-Z]/g, (letter) => '-' + letter.toLowerCase());
      if (value === null || value === undefined) element.removeAttribute(attribute);
      else element.setAttribute(attribute, String(value === '' ? true : value));
    }])),
  };
}
