/* What I set, newest first; how my estimates compare with what families say, for me alone; what waits for my leave. */

const drafts = require('../../lib/homework-drafts');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { draftRow, ownRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {any[]} */ ([]),
    drafts: /** @type {any[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
    refreshing: false,
    waiting: '',
    calibration: '',
  },

  items: /** @type {Api.OwnHomeworkRow[]} */ ([]),
  names: /** @type {Map<string, string>} */ (new Map()),

  stop: /** @type {() => void} */ (() => {}),

  onLoad() {
    this.names = new Map();
    this.stop = queue.listen(({ about, state }) => {
      if (!about.startsWith(drafts.SET)) return;
      this.setData({ drafts: this.draftRows() });
      if (state === 'done') this.reload();
    });
  },

  onUnload() {
    this.stop();
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.own.list });
    this.setData({ drafts: this.draftRows() });
    this.reload();
    this.lookBeside();
  },

  reload() {
    return screen.load(this, async () => {
      const [{ data: options }, { data, offline }] = await Promise.all([homework.getOptions(), homework.getOwnList()]);
      this.names = new Map(options.classes.map(({ id, name }) => [id, name]));
      this.items = data.items;
      return { rows: this.rows(), drafts: this.draftRows(), cursor: data.next_cursor, offline, more: '' };
    });
  },

  /** What the server does not have yet. */
  draftRows() {
    return drafts.all().map((form) => draftRow(form, this.names)).reverse();
  },

  /** What is no part of the list, and not for everybody: it may be missing without a word. */
  lookBeside() {
    const { t } = this.data;
    this.beside(homework.getCalibration(), ({ ratio, answers: n }) => ({ calibration: ratio === null ? '' : fill(t.own.calibration, { ratio, n }) }));
    this.beside(homework.getOverruns(), ({ overruns: { length: n } }) => ({ waiting: n ? fill(t.own.waiting, { n }) : '' }));
  },

  /** @template T @param {Promise<{data: T}>} asked @param {(found: T) => object} view */
  async beside(asked, view) {
    try {
      this.setData(view((await asked).data));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  rows() {
    return this.items.map((row) => ownRow(row, this.names));
  },

  async loadMore() {
    const { cursor, more } = this.data;
    if (!cursor || more === 'loading') return;
    this.setData({ more: 'loading' });
    try {
      const { data } = await homework.getOwnList(cursor);
      this.items = [...this.items, ...data.items];
      this.setData({ rows: this.rows(), cursor: data.next_cursor, more: '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ more: 'failed' });
    }
  },

  write() {
    wx.navigateTo({ url: '/homework/set/index' });
  },

  /** What waits for the network is not to be changed any more. @param {WechatMiniprogram.TouchEvent} event */
  openDraft(event) {
    const { key, state } = event.currentTarget.dataset;
    if (state === 'sending') wx.showToast({ title: this.data.t.set.kept, icon: 'none' });
    else wx.navigateTo({ url: `/homework/set/index?draft=${encodeURIComponent(key)}` });
  },

  openShelf() {
    wx.navigateTo({ url: '/homework/practice/index' });
  },

  decide() {
    wx.navigateTo({ url: '/homework/overruns/index' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/homework/own/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
