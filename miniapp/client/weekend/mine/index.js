/* The task lists of my children, newest first; of the one that a notice leads to, the list itself. */

const screen = require('../../lib/screen');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');
const { teacher } = require('../../lib/format');
const { daysText } = require('../lib/rows');

Page({
  ...screen.reloading((t) => t.weekend.title),
  data: { ...screen.data(), children: /** @type {any[]} */ ([]), many: false, any: false },

  /** The list that a notice leads to. */
  wanted: '',

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.wanted = decodeURIComponent(id);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await weekend.getLists();
      const children = data.children.map((child) => ({ ...child, items: child.items.map((row) => this.row(row)) }));
      const has = data.children.filter(({ items }) => items.some(({ id }) => id === this.wanted));
      if (has.length === 1) wx.redirectTo({ url: this.address(this.wanted, has[0].child_id) });
      return { children, many: children.length > 1, any: children.some(({ items }) => items.length > 0), offline };
    });
  },

  /** @param {Api.TaskListRow} row */
  row(row) {
    const { t } = this.data;
    const facts = [row.subject ? row.subject.name : '', teacher(row.author), fill(t.weekend.steps, { n: row.steps })].filter(Boolean).join(' · ');
    return { ...row, facts, days: daysText(row) };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { id, child } = event.currentTarget.dataset;
    wx.navigateTo({ url: this.address(id, child) });
  },

  /** @param {string} id @param {string} child */
  address(id, child) {
    return `/weekend/list/index?id=${encodeURIComponent(id)}&child=${encodeURIComponent(child)}`;
  },
});
