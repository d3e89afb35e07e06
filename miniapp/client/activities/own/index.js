/* What I published, newest first; and the leave of my classes, for whoever decides. */

const activities = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { ApiError } = require('../../lib/http');
const { ownRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof ownRow>[]} */ ([]),
    refreshing: false,
    decides: false,
    waiting: 0,
    asked: 0,
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.activity.own });
    this.reload();
    this.lookForLeave();
    this.lookForAsked();
  },

  reload() {
    return screen.load(this, async () => {
      const [{ data: options }, { data, offline }] = await Promise.all([activities.getOptions(), activities.getOwnList()]);
      const names = new Map(options.classes.map(({ id, name }) => [id, name]));
      return { rows: data.items.map((row) => ownRow(row, names)), offline };
    });
  },

  /** Not everybody decides: it may be missing without a word. */
  async lookForLeave() {
    try {
      const { data } = await activities.getClassLeaves();
      this.setData({ decides: true, waiting: data.items.filter((one) => one.may_decide).length });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  /** What the school asks of who works there; what is asked of a family is on its own page. */
  async lookForAsked() {
    try {
      const { data } = await activities.getAsked();
      this.setData({ asked: data.items.filter((one) => !one.child_id && one.open && !one.answered).length });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  write() {
    wx.navigateTo({ url: '/activities/publish/index' });
  },

  openAsked() {
    wx.navigateTo({ url: '/activities/mine/index' });
  },

  openLeaves() {
    wx.navigateTo({ url: '/activities/leaves/index' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/activities/results/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
