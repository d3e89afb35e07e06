/* What a teacher can do about the people of their classes: the class, requests, the invitation; by their rights. What waits has its number. */

const { words } = require('../../i18n/index');

/** Leave has no right of its own here: it is shown while some waits for me. @type {{page: 'leaves' | 'families' | 'approvals' | 'invite', right: string, icon: string}[]} */
const TOOLS = [
  { page: 'leaves', right: '', icon: 'day' },
  { page: 'families', right: 'people', icon: 'people' },
  { page: 'approvals', right: 'claims', icon: 'check' },
  { page: 'invite', right: 'invite', icon: 'qr' },
];

Component({
  properties: {
    classes: { type: Array, value: /** @type {Api.TaughtClass[]} */ ([]) },
    claims: Number,
    leaves: Number,
    short: Boolean, // there is more on the screen than this: only what waits
  },
  data: { tools: /** @type {{page: string, icon: string, name: string, hint: string, waiting: number}[]} */ ([]) },
  observers: {
    /** @param {Api.TaughtClass[]} classes @param {number} claims @param {number} leaves @param {boolean} short */
    'classes, claims, leaves, short'(classes, claims, leaves, short) {
      const t = words();
      /** @type {Record<string, number>} */
      const waiting = { approvals: claims, leaves };
      /** @param {string} right */
      const may = (right) => classes.some(({ rights }) => rights.includes(right));
      this.setData({
        tools: TOOLS.filter(({ page, right }) => (right ? may(right) && (!short || waiting[page] > 0) : waiting[page] > 0))
          .map(({ page, icon }) => ({ page, icon, name: t.tools[page], hint: t.tools[`${page}Hint`], waiting: waiting[page] || 0 })),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    open(event) {
      const { page } = event.currentTarget.dataset;
      wx.navigateTo({ url: page === 'leaves' ? '/activities/leaves/index' : `/pages/${page}/index` });
    },
  },
});
