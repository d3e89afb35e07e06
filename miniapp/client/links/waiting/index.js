/* What teachers have filed and their school has to decide about, longest due first. */

const screen = require('../../lib/screen');
const { due, line, waiting } = require('../lib/resources');

/** @param {Api.WaitingResource} row */
function waitingLine(row) {
  return { ...line(row), ...due(row.due_at), mine: row.mine };
}

Page({
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof waitingLine>[]} */ ([]),
  },

  ...screen.reloading((t) => t.resources.reviewTitle),

  reload() {
    const { resources } = this.data.t;
    return screen.load(this, async () => {
      const { data, offline } = await waiting();
      return { rows: data.items.map(waitingLine), offline };
    }, { gone: resources.reviewNot, goneHint: resources.reviewNotHint });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/links/resource/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
