/* Leave in my classes: one tap decides, with a word if there is one. */

const activities = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { attempt, say } = require('../../lib/acts');
const { openFile } = require('../lib/files');
const { leaveRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof leaveRow>[]} */ ([]),
    replies: /** @type {Record<string, string>} */ ({}),
    refreshing: false,
    busy: '',
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.leave.listTitle });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await activities.getClassLeaves();
      return { rows: data.items.map(leaveRow), offline };
    });
  },

  /** @param {WechatMiniprogram.CustomEvent<{file: Api.Attachment}>} event */
  openFile(event) {
    return openFile(event.detail.file, { leave: event.currentTarget.dataset.id });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ [`replies.${event.currentTarget.dataset.id}`]: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async decide(event) {
    const { id, approve } = event.currentTarget.dataset;
    const { t, replies } = this.data;
    const done = await attempt(this, `${id}:${approve}`, (key) => activities.decide(id, approve, replies[id] || '', key));
    if (done) say(approve ? t.leave.approved : t.leave.refused);
    await this.reload();
  },
});
