/* What a teacher can do about the people of their classes: the class, requests, the invitation; by their rights. */

const { words } = require('../../i18n/index');

/** @type {{page: 'families' | 'approvals' | 'invite', right: string, icon: string}[]} */
const TOOLS = [
  { page: 'families', right: 'people', icon: 'people' },
  { page: 'approvals', right: 'claims', icon: 'check' },
  { page: 'invite', right: 'invite', icon: 'qr' },
];

Component({
  properties: {
    classes: { type: Array, value: /** @type {Api.TaughtClass[]} */ ([]) },
    claims: Number,
    short: Boolean, // there is more on the screen than this: only what waits
  },
  data: { tools: /** @type {{page: string, icon: string, name: string, hint: string}[]} */ ([]) },
  observers: {
    /** @param {Api.TaughtClass[]} classes @param {number} claims @param {boolean} short */
    'classes, claims, short'(classes, claims, short) {
      const t = words();
      /** @param {string} right */
      const may = (right) => classes.some(({ rights }) => rights.includes(right));
      this.setData({
        tools: TOOLS.filter(({ page, right }) => may(right) && (!short || (page === 'approvals' && claims > 0))).map(({ page, icon }) => ({ page, icon, name: t.tools[page], hint: t.tools[`${page}Hint`] })),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    open(event) {
      wx.navigateTo({ url: `/pages/${event.currentTarget.dataset.page}/index` });
    },
  },
});
