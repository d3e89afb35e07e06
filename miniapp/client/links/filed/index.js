/* What a teacher has filed, newest first, and how far each has come. */

const filing = require('../lib/filing');
const screen = require('../../lib/screen');
const { moment } = require('../../lib/format');
const { line, stand } = require('../lib/resources');

/** @param {Api.OwnResource} row */
function ownLine(row) {
  return { ...line(row), ...stand(row.standing), at: moment(row.created_at) };
}

Page({
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof ownLine>[]} */ ([]),
  },

  ...screen.reloading((t) => t.resources.mine),

  reload() {
    const { resources } = this.data.t;
    return screen.load(this, async () => {
      const { data, offline } = await filing.own();
      return { rows: data.items.map(ownLine), offline };
    }, { gone: resources.nowhere, goneHint: resources.nowhereHint });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/links/resource/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  file() {
    wx.navigateTo({ url: '/links/filing/index' });
  },
});
