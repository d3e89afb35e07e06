/* Asking the school to look at a message, with a reason. */

const { words } = require('../../../i18n/index');

const WHY_LIMIT = 200; // miniapp/reviews.py

Component({
  properties: {
    visible: Boolean,
    busy: Boolean,
  },
  data: { t: words(), reasons: /** @type {string[]} */ ([]), chosen: '', more: '', limit: WHY_LIMIT },
  observers: {
    visible(visible) {
      const { reporting } = words();
      if (visible) this.setData({ t: words(), reasons: [reporting.rude, reporting.selling, reporting.fraud, reporting.child, reporting.other], chosen: '', more: '' });
    },
  },
  methods: {
    close() {
      this.triggerEvent('close');
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      this.setData({ chosen: event.currentTarget.dataset.reason });
    },

    /** @param {WechatMiniprogram.TextareaInput} event */
    typed(event) {
      this.setData({ more: event.detail.value });
    },

    send() {
      const { chosen, more } = this.data;
      if (chosen) this.triggerEvent('send', { why: [chosen, more.trim()].filter(Boolean).join('：').slice(0, WHY_LIMIT) });
    },
  },
});
