/* The top of a page of its own: the school's name, below the clock and left of WeChat's capsule. */

Component({
  properties: { title: String },
  data: { top: 0, height: 0, right: 0 },
  lifetimes: {
    attached() {
      const { statusBarHeight, windowWidth } = wx.getWindowInfo();
      const capsule = wx.getMenuButtonBoundingClientRect();
      // As far below the capsule as it is below the status bar.
      const height = capsule.height + 2 * (capsule.top - statusBarHeight);
      this.setData({ top: statusBarHeight, height, right: windowWidth - capsule.left });
    },
  },
});
