/* My data: what is here, taking it home, having it erased. */

const { fill } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const people = require('../../lib/people');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.data.title),
  data: {
    ...screen.data(),
    children: /** @type {{id: string, title: string, cls: string}[]} */ ([]),
    leaving: '',
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getErasure();
      const t = this.data.t.data;
      const { erasure } = data;
      const waits = erasure && erasure.stage === 'waiting';
      return {
        children: data.children.map(({ id, name, class_name: cls }) => ({ id, title: fill(t.archive, { name }), cls })),
        leaving: waits ? fill(t.leaving, { when: moment(erasure.due_at) }) : erasure ? t.erasing : '',
        offline,
      };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/pages/${event.currentTarget.dataset.page}/index` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openArchive(event) {
    wx.navigateTo({ url: `/pages/archive/index?child=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
