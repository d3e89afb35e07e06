/* Asking for a reason before something is reported or put out of sight. */

const { words } = require('../../../i18n/index');

const WHY_LIMIT = 200; // miniapp/circle_shapes.py

Component({
  properties: {
    visible: Boolean,
    title: String,
    hint: String,
    yes: String,
    busy: Boolean,
  },
  data: { t: words().circle, why: '', limit: WHY_LIMIT },
  observers: {
    visible(visible) {
      if (visible) this.setData({ t: words().circle, why: '' });
    },
  },
  methods: {
    close() {
      this.triggerEvent('close');
    },

    /** @param {WechatMiniprogram.TextareaInput} event */
    typed(event) {
      this.setData({ why: event.detail.value });
    },

    send() {
      const why = this.data.why.trim();
      if (why) this.triggerEvent('send', { why });
    },
  },
});
