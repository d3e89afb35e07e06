/* After an answer has arrived: whether WeChat may tell about the next notice. Asked, never forced; it says what
one yes covers. WeChat wants its own sheet to come from a tap, so the tap is here. */

const api = require('../../lib/api');
const config = require('../../config');
const { fill, words } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');

Component({
  properties: { visible: Boolean },
  data: { t: words().ask, left: '', shown: false },
  observers: {
    visible(visible) {
      if (visible) this.come();
      else this.setData({ shown: false });
    },
  },
  methods: {
    async come() {
      const t = words().ask;
      this.setData({ t });
      try {
        const { data } = await api.getSubscriptions();
        const left = data.credits ? fill(t.left, { n: data.credits }) : '';
        if (this.data.visible) this.setData({ shown: true, left });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Not the moment for it: the question is dropped, the answer to the notice stands.
        this.close();
      }
    },

    close() {
      this.triggerEvent('close');
    },

    accept() {
      wx.requestSubscribeMessage({
        tmplIds: config.templates,
        success: (answered) => this.note(answered),
        complete: () => this.close(),
      });
    },

    /** @param {Record<string, any>} answered */
    async note(answered) {
      const results = Object.fromEntries(config.templates.map((id) => [id, answered[id]]));
      try {
        await api.putSubscriptions(results);
        // Every kind of accept is a yes: acceptWithAudio, acceptWithAlert …
        const yes = Object.values(results).some((one) => String(one).startsWith('accept'));
        if (yes) wx.showToast({ title: this.data.t.thanks, icon: 'none' });
      } catch (error) {
        // WeChat also reports the yes to the server by itself.
        if (!(error instanceof ApiError)) throw error;
      }
    },
  },
});
