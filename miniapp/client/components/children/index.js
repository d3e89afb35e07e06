/* Which child: everybody, or one of them. Shown where there are two or more. */

const { words } = require('../../i18n/index');
const { sign } = require('../../lib/format');

Component({
  properties: {
    children: { type: Array, value: /** @type {Api.Child[]} */ ([]) },
    chosen: String,
  },
  data: { all: '', entries: /** @type {{id: string, name: string, sign: string}[]} */ ([]) },
  observers: {
    children(/** @type {Api.Child[]} */ children) {
      this.setData({
        all: words().common.all,
        entries: children.map(({ id, name }) => ({ id, name, sign: sign(name) })),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      const { id } = event.currentTarget.dataset;
      if (id !== this.data.chosen) this.triggerEvent('choose', { id });
    },
  },
});
