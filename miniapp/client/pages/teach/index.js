/* What I wrote: drafts first, then the newest; how far each got comes after the list. */

const api = require('../../lib/api');
const drafts = require('../../lib/drafts');
const queue = require('../../lib/queue');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const teaching = require('../../lib/teaching');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { draftRow, ownRow } = require('../../lib/teach-rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    drafts: /** @type {ReturnType<typeof draftRow>[]} */ ([]),
    rows: /** @type {ReturnType<typeof ownRow>[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    held: '',
    refreshing: false,
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
  },

  items: /** @type {Api.OwnNoticeRow[]} */ ([]),
  reached: /** @type {Map<string, Api.Reached>} */ (new Map()),
  stop: /** @type {() => void} */ (() => {}),

  onLoad() {
    this.reached = new Map();
    this.stop = queue.listen(({ state }) => {
      this.draw();
      if (state === 'done') this.reload();
    });
  },

  onUnload() {
    this.stop();
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.teach.mine });
    this.reload();
  },

  reload() {
    this.lookForHeld();
    return screen.load(this, async () => {
      const { data, offline } = await teaching.getOwnNotices();
      this.items = data.items;
      this.look(data.items);
      return { ...this.view(), cursor: data.next_cursor, offline, more: '' };
    });
  },

  /** What members wrote and somebody has to look at; not everybody may, and that is no failure. */
  async lookForHeld() {
    try {
      const { data } = await api.read('/teaching/reviews');
      const { length: n } = /** @type {{reviews: Api.Review[]}} */ (data).reviews;
      this.setData({ held: n ? fill(this.data.t.review.entry, { n }) : '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  openHeld() {
    wx.navigateTo({ url: '/review/queue/index' });
  },

  async loadMore() {
    const { cursor, more } = this.data;
    if (!cursor || more === 'loading') return;
    this.setData({ more: 'loading' });
    try {
      const { data } = await teaching.getOwnNotices(cursor);
      this.items = [...this.items, ...data.items];
      this.look(data.items);
      this.setData({ ...this.view(), cursor: data.next_cursor, more: '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ more: 'failed' });
    }
  },

  /** @param {Api.OwnNoticeRow[]} items */
  async look(items) {
    const ids = items.filter(({ state }) => state === 'published').map(({ id }) => id);
    if (!ids.length) return;
    try {
      const { data } = await teaching.getReached(ids);
      data.items.forEach((one) => this.reached.set(one.id, one));
      this.draw();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      // The list stands without its bars.
    }
  },

  view() {
    return { drafts: drafts.listed().map(draftRow), rows: this.items.map((row) => ownRow(row, this.reached.get(row.id))) };
  },

  draw() {
    this.setData(this.view());
  },

  write() {
    wx.navigateTo({ url: '/pages/publish/index' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openDraft(event) {
    const { key, state } = event.currentTarget.dataset;
    if (state !== 'sending') wx.navigateTo({ url: `/pages/publish/index?draft=${key}` });
  },
});
