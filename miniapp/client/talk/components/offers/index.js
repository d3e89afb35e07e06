/* What can be done with a message, from below. */

Component({
  properties: { touched: { type: Object, value: /** @type {any} */ (null) } }, // {title, offers: [{act, word, danger}]}
  methods: {
    close() {
      this.triggerEvent('close');
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      this.triggerEvent('choose', { act: event.currentTarget.dataset.act });
    },
  },
});
