/* A teacher's task lists, class by class, newest first; what waits for them; offering another one. */

const screen = require('../../lib/screen');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { teacher } = require('../../lib/format');
const { dayName, daysText } = require('../lib/rows');

Page({
  ...screen.reloading((t) => t.tasks.list),
  data: {
    ...screen.data(),
    classes: /** @type {{id: string, name: string}[]} */ ([]),
    cls: '',
    rows: /** @type {any[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
  },

  items: /** @type {Api.OwnTaskRow[]} */ ([]),

  reload() {
    return screen.load(this, async () => {
      const { data: options } = await weekend.getOptions();
      const cls = options.classes.some(({ id }) => id === this.data.cls) ? this.data.cls : options.classes[0].id;
      const { data, offline } = await weekend.getOwnLists(cls);
      this.items = data.items;
      return { classes: options.classes.map(({ id, name }) => ({ id, name })), cls, rows: this.rows(), cursor: data.next_cursor, offline };
    });
  },

  rows() {
    return this.items.map((one) => this.row(one));
  },

  /** @param {Api.OwnTaskRow} row */
  row(row) {
    const t = this.data.t.tasks;
    const isLater = new Date(`${row.first_on}T00:00`) > new Date();
    const state = row.withdrawn ? t.withdrawn : row.open ? '' : isLater ? fill(t.later, { when: dayName(row.first_on) }) : t.over;
    return {
      id: row.id, title: row.title, days: daysText(row), state,
      facts: [row.subject ? row.subject.name : t.general, row.mine ? '' : teacher(row.author)].filter(Boolean).join(' · '),
      waiting: row.waiting && !row.withdrawn ? fill(t.waiting, { n: row.waiting }) : '',
    };
  },

  async onReachBottom() {
    const { cls, cursor } = this.data;
    if (!cursor) return;
    this.setData({ cursor: null });
    try {
      const { data } = await weekend.getOwnLists(cls, cursor);
      this.items = [...this.items, ...data.items];
      this.setData({ rows: this.rows(), cursor: data.next_cursor });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ cursor });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    this.setData({ cls: event.currentTarget.dataset.id });
    this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/weekend/desk/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  write() {
    wx.navigateTo({ url: `/weekend/open/index?cls=${encodeURIComponent(this.data.cls)}` });
  },
});
