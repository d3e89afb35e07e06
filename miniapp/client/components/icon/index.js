/* <y-icon name="check" size="40"/>: one of our own icons; `size` in rpx before large print. */

const shapes = require('./shapes');

/** @param {string} name */
function pictureOf(name) {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="black" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round">${shapes[name]}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

Component({
  options: { virtualHost: true },
  properties: {
    name: String,
    size: { type: Number, value: 40 },
  },
  data: { mask: '' },
  observers: {
    name(name) {
      if (!shapes[name]) throw new Error(`there is no icon "${name}"`);
      this.setData({ mask: pictureOf(name) });
    },
  },
});
