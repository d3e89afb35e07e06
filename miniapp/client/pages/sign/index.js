/* The signature pad: ink under a finger. Of a notice it is sent as a small PNG through the queue; without one it goes
back to the page that asked for it. */

const api = require('../../lib/api');
const { Ink } = require('../../lib/ink');
const queue = require('../../lib/queue');
const { answerTo } = require('../../lib/rows');
const screen = require('../../lib/screen');
const signing = require('../../lib/signing');

/** @typedef {{touches: {x: number, y: number}[]}} CanvasTouch on a canvas, from its corner */

Page({
  data: { ...screen.data(), id: '', version: 0, title: '', enough: false, problem: '' },

  ink: /** @type {InstanceType<typeof Ink> | null} */ (null),

  /** @param {{id?: string, version?: string, title?: string}} query a notice, or what is signed */
  onLoad({ id = '', version = '0', title = '' }) {
    if (!screen.enter(this)) return;
    const notice = /** @type {Api.Notice | null} */ (id ? api.remembered(api.paths.notice(id)) : null);
    this.setData({ id, version: Number(version), title: notice ? notice.title : decodeURIComponent(title) });
    wx.setNavigationBarTitle({ title: this.data.t.sign.title });
  },

  onReady() {
    wx.createSelectorQuery()
      .select('#pad')
      .fields({ node: true, size: true })
      .exec(([found]) => {
        if (found) this.ink = new Ink(found.node, found.width, found.height, wx.getWindowInfo().pixelRatio);
      });
  },

  /** @param {CanvasTouch} event */
  down(event) {
    const [touch] = event.touches;
    if (this.ink) this.ink.down(touch.x, touch.y);
  },

  /** @param {CanvasTouch} event */
  move(event) {
    const [touch] = event.touches;
    if (!this.ink) return;
    this.ink.move(touch.x, touch.y);
    if (this.ink.isEnough && !this.data.enough) this.setData({ enough: true, problem: '' });
  },

  clear() {
    if (this.ink) this.ink.clear();
    this.setData({ enough: false, problem: '' });
  },

  onUnload() {
    if (!this.data.id) signing.leave();
  },

  async send() {
    const { t, id, version, enough } = this.data;
    if (!this.ink || !enough) {
      this.setData({ problem: t.sign.little });
      return;
    }
    if (!id) {
      if (await signing.give(this.ink.canvas, t.sign.title)) wx.navigateBack();
      else this.setData({ problem: t.sign.failed });
      return;
    }
    const png = this.ink.png();
    if (!png) {
      this.setData({ problem: t.sign.failed });
      return;
    }
    queue.add({ about: answerTo(id), ...api.signature(id, version, png, api.newKey()) });
    wx.navigateBack();
  },
});
