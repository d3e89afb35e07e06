/* My conversations: the groups that are mine, and who writes with me alone. What is new comes by itself. */

const live = require('../../lib/live');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const talk = require('../../lib/talk');
const { threadRow } = require('../../lib/talk-rows');

const NEWS = new Set(['hello', 'message', 'changed', 'behind', 'gone', 'poll']);
const GATHERED_MS = 600; // what comes within this is one look at the list
const TAB = 2;

/** A group tells how far somebody has read to their own devices alone. @param {live.Frame} frame */
function isReadElsewhere(frame) {
  return frame.type === 'read' && frame.thread.startsWith('talk:');
}

Page({
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof threadRow>[]} */ ([]),
    refreshing: false,
  },

  stop: /** @type {() => void} */ (() => {}),
  soon: /** @type {any} */ (0),

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.talk.title });
    getApp().nameTabs();
    this.reload();
    this.stop = live.listen((frame) => {
      if (NEWS.has(frame.type) || isReadElsewhere(frame)) this.look();
    });
  },

  onHide() {
    this.stop();
    clearTimeout(this.soon);
  },

  onUnload() {
    this.onHide();
  },

  look() {
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.reload(), GATHERED_MS);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await talk.getThreads();
      const unread = data.items.reduce((sum, { unread: n }) => sum + n, 0);
      if (unread) wx.setTabBarBadge({ index: TAB, text: unread > 99 ? '99+' : String(unread), fail: () => {} });
      else wx.removeTabBarBadge({ index: TAB, fail: () => {} });
      return { rows: data.items.map(threadRow), offline };
    });
  },

  async pulled() {
    this.setData({ refreshing: true });
    queue.hurry();
    live.hurry();
    await this.reload();
    this.setData({ refreshing: false });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/talk/thread/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  find() {
    wx.navigateTo({ url: '/talk/search/index' });
  },

  write() {
    wx.navigateTo({ url: '/talk/write/index' });
  },
});
