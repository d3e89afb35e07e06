/* The mini-program's beginning. */

const { words } = require('./i18n/index');
const drafts = require('./lib/drafts');
const queue = require('./lib/queue');
const works = require('./lib/works');

App({
  onLaunch() {
    drafts.follow();
    works.follow();
    wx.onNetworkStatusChange(({ isConnected }) => {
      if (isConnected) queue.hurry();
    });
    updateWhenReady();
  },

  onShow() {
    queue.hurry();
    nameTabs();
  },

  /** The tab bar speaks the language that was chosen; called again when that changes. */
  nameTabs,
});

function nameTabs() {
  const { tabs } = words();
  [tabs.home, tabs.notices, tabs.me].forEach((text, index) => {
    // Refused while a page without tabs is in front; the next tab page is named again.
    wx.setTabBarItem({ index, text, fail: () => {} });
  });
}

/** A newer version is taken at the next start, without a word. */
function updateWhenReady() {
  const manager = wx.getUpdateManager();
  manager.onUpdateReady(() => manager.applyUpdate());
}
