/* A circle, newest first; whoever is in several changes between them with one tap. */

const acts = require('../../lib/acts');
const circles = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { ApiError } = require('../../lib/http');
const { circleName, topicRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    circles: /** @type {{id: string, name: string}[]} */ ([]),
    id: '',
    mayPost: false,
    counts: false,
    rows: /** @type {ReturnType<typeof topicRow>[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    more: '',
    refreshing: false,
    busy: '',
  },

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.setData({ id: decodeURIComponent(id) });
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.circle.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data: mine } = await circles.getCircles();
      const chosen = mine.items.find(({ id }) => id === this.data.id) || mine.items[0];
      const rows = mine.items.map((one) => ({ id: one.id, name: circleName(one) }));
      if (!chosen) return { circles: rows, id: '', rows: [], cursor: null, mayPost: false };
      const { data, offline } = await circles.getTopics(chosen.id);
      return {
        circles: rows, id: chosen.id, rows: data.items.map(topicRow), cursor: data.next_cursor, more: '',
        mayPost: data.circle.may_post, counts: data.circle.as_staff, offline,
      };
    });
  },

  async loadMore() {
    const { cursor, id, more } = this.data;
    if (!cursor || more === 'loading') return;
    this.setData({ more: 'loading' });
    try {
      const { data } = await circles.getTopics(id, cursor);
      if (this.data.id !== id) return;
      this.setData({ rows: [...this.data.rows, ...data.items.map(topicRow)], cursor: data.next_cursor, more: '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ more: 'failed' });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  change(event) {
    const { id } = event.currentTarget.dataset;
    if (id === this.data.id) return;
    this.setData({ id, rows: [], cursor: null, phase: 'loading' });
    this.reload();
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string, liked: boolean}>} event */
  async like(event) {
    const { id, liked } = event.detail;
    const told = await acts.attempt(this, 'like', () => circles.like(id, liked));
    if (told) this.setData({ rows: this.data.rows.map((row) => (row.id === id ? topicRow(told.done) : row)) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/circle/topic/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  post() {
    wx.navigateTo({ url: `/circle/post/index?id=${encodeURIComponent(this.data.id)}` });
  },
});
