/* The mini-program's beginning. */

const { words } = require('./i18n/index');
const drafts = require('./lib/drafts');
const homeworkDrafts = require('./lib/homework-drafts');
const live = require('./lib/live');
const queue = require('./lib/queue');
const works = require('./lib/works');

App({
  onLaunch() {
    drafts.follow();
    homeworkDrafts.follow();
    works.follow();
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) hurry();
    });
    updateWhenReady();
  },

  onShow() {
    hurry();
    nameTabs();
  },

  /** The tab bar speaks the language that was chosen; called again when that changes. */
  nameTabs,
});

/** What waited for a network waits no longer. */
function hurry() {
  queue.hurry();
  live.hurry();
}

function nameTabs() {
  const { tabs } = words();
  [tabs.home, tabs.notices, tabs.talk, tabs.me].forEach((text, index) => {
    // Refused while a page without tabs is in front; the next tab page is named again.
    wx.setTabBarItem({ index, text, fail: () => {} });
  });
}

/** A newer version is taken at the next start, without a word. */
function updateWhenReady() {
  const manager = wx.getUpdateManager();
  manager.onUpdateReady(() => manager.applyUpdate());
}
