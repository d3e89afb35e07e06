/* After an answer has arrived: whether WeChat may tell about the next notice. Asked, never forced; it says what
one yes covers. WeChat wants its own sheet to come from a tap, so the tap is here. Who said no before, or has
plenty left, is left alone: they find it under "me". */

const api = require('../../lib/api');
const { fill, words } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { ask } = require('../../lib/subscribing');

const PLENTY = 10; // notices that are covered already

/** @param {Api.Subscriptions} own */
function isWelcome(own) {
  const asked = own.templates.find(({ template_id: id }) => own.ask.includes(id));
  return Boolean(asked) && own.credits < PLENTY && (!asked || !asked.answer || asked.answer === 'accepted');
}

Component({
  properties: { visible: Boolean },
  data: { t: words().ask, text: '', left: '', templates: /** @type {string[]} */ ([]), shown: false },
  observers: {
    visible(visible) {
      if (visible) this.come();
      else this.setData({ shown: false });
    },
  },
  methods: {
    async come() {
      const t = words().ask;
      try {
        const { data, offline } = await api.getSubscriptions();
        if (offline || !isWelcome(data)) {
          this.close();
          return;
        }
        const left = data.credits ? fill(t.left, { n: data.credits }) : '';
        const text = data.covers === 'all' ? t.textAll : t.text;
        if (this.data.visible) this.setData({ t, text, left, templates: data.ask, shown: true });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Not the moment for it: the question is dropped, the answer to the notice stands.
        this.close();
      }
    },

    close() {
      this.triggerEvent('close');
    },

    async accept() {
      const { said } = await ask(this.data.templates);
      this.close();
      if (said === 'yes') wx.showToast({ title: this.data.t.thanks, icon: 'none' });
      if (said === 'off') wx.showToast({ title: this.data.t.off, icon: 'none' });
    },
  },
});
