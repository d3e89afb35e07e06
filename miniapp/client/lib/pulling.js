/* Pulling down, as every page does it: whoever pulls wants it now. What waits for the network goes out, and what is shown
is asked for again: by the page's `reload`. */

const queue = require('./queue');

/** @param {any} page */
async function again(page) {
  queue.hurry();
  await page.reload();
}

/** Of a page that is pulled down as a whole. */
const pulling = {
  /** @this {any} */
  async onPullDownRefresh() {
    await again(this);
    wx.stopPullDownRefresh();
  },
};

/** Of a page whose list scrolls by itself: the list's `refreshing` is in the page's data. */
const scrolling = {
  /** @this {any} */
  async pulled() {
    this.setData({ refreshing: true });
    await again(this);
    this.setData({ refreshing: false });
  },
};

module.exports = { pulling, scrolling };
