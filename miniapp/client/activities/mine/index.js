/* What I am asked, newest first: for my children, and where I work; and leave. */

const activities = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { askedRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof askedRow>[]} */ ([]),
    refreshing: false,
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.activity.mine });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await activities.getAsked();
      return { rows: data.items.map(askedRow), offline };
    });
  },

  openLeave() {
    wx.navigateTo({ url: '/activities/leave/index' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { id, child } = event.currentTarget.dataset;
    wx.navigateTo({ url: `/activities/answer/index?id=${encodeURIComponent(id)}&child=${encodeURIComponent(child)}` });
  },
});
