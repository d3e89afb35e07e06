/* Guardians who wait to be recognised: what the school may decide now first, then those whose family is asked. */

const people = require('../../lib/people');
const { approvalRow } = require('../../lib/people-rows');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.approvals.title),
  data: {
    ...screen.data(),
    parts: /** @type {{title: string, rows: ReturnType<typeof approvalRow>[]}[]} */ ([]),
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getApprovals();
      const t = this.data.t.approvals;
      const rows = data.items.map(approvalRow);
      const parts = [
        { title: t.decide, rows: rows.filter(({ mayDecide }) => mayDecide) },
        { title: t.asked, rows: rows.filter(({ mayDecide }) => !mayDecide) },
      ];
      return { parts: parts.filter((part) => part.rows.length), offline };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/pages/approval/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
