/* The class's books and what hangs on its shelves, each with a box: ticked, it hangs on what is being written. */

const teaching = require('../../lib/teaching');
const { fill, words } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');

const FEW = 3; // shown before anybody asks for more

/** Every word stands somewhere in the title. @param {string} title @param {string} typed */
function matches(title, typed) {
  return typed.toLowerCase().split(/\s+/).every((word) => title.toLowerCase().includes(word));
}

Component({
  properties: {
    cls: { type: String, value: '' }, // of which class; none: of the teacher's first
    subject: { type: String, value: '' }, // what is of this subject comes first
    links: { type: Array, value: /** @type {string[]} */ ([]) }, // what hangs on it already
  },
  data: {
    t: words().shelfBoxes,
    of: '-', // the class that was asked for; none yet
    found: /** @type {Api.Attachable[]} */ ([]),
    rows: /** @type {any[]} */ ([]),
    more: '',
    whole: false,
    typed: '',
    nothing: '',
  },
  lifetimes: {
    attached() {
      this.load(this.data.cls);
    },
  },
  observers: {
    cls(/** @type {string} */ cls) {
      this.load(cls);
    },
    'subject, links'() {
      this.draw();
    },
  },
  methods: {
    /** Without a network, what the phone remembers; else there are no boxes, and an address can still be typed. @param {string} cls */
    async load(cls) {
      if (cls === this.data.of) return;
      this.setData({ of: cls });
      /** @type {Api.Attachable[]} */
      let found = [];
      try {
        found = (await teaching.getAttachable(cls)).data.links;
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
      }
      if (cls !== this.data.of) return; // another class was chosen meanwhile
      // What was ticked for another class keeps its name and its box.
      const kept = this.data.found.filter(({ url }) => this.data.links.includes(url) && found.every((one) => one.url !== url));
      this.setData({ found: [...found, ...kept] });
      this.triggerEvent('known', { urls: this.data.found.map(({ url }) => url) });
      this.draw();
    },

    draw() {
      const { found, subject, links, whole, typed } = this.data;
      const t = words().shelfBoxes;
      const isOf = (/** @type {Api.Attachable} */ one) => Boolean(subject) && one.subject === subject;
      const all = [...found.filter(isOf), ...found.filter((one) => !isOf(one))];
      const shown = all.filter(({ title, url }, at) => links.includes(url) || (whole ? matches(title, typed.trim()) : at < FEW));
      this.setData({
        t,
        rows: shown.map(({ title, url }) => ({ title, url, on: links.includes(url) })),
        more: !whole && shown.length < all.length ? fill(t.more, { n: all.length - shown.length }) : '',
        nothing: whole && !shown.length ? t.nothing : '',
      });
    },

    openAll() {
      this.setData({ whole: true, typed: '' });
      this.draw();
    },

    closeAll() {
      this.setData({ whole: false });
      this.draw();
    },

    /** @param {WechatMiniprogram.Input} event */
    type(event) {
      this.setData({ typed: event.detail.value });
      this.draw();
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    toggle(event) {
      this.triggerEvent('toggle', { url: event.currentTarget.dataset.url });
    },
  },
});
