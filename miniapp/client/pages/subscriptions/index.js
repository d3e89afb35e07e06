/* Being told: how many notices WeChat may still tell of, asking for more, and switching it on where it is off. */

const api = require('../../lib/api');
const { fill } = require('../../i18n/index');
const { attempt } = require('../../lib/acts');
const screen = require('../../lib/screen');
const { ask, isSwitchedOff } = require('../../lib/subscribing');

Page({
  data: {
    ...screen.data(),
    // none: the school has none; off: switched off in WeChat; all: every notice is told of; some: counted
    state: /** @type {'none' | 'off' | 'all' | 'some'} */ ('none'),
    left: 0,
    title: '',
    hint: '',
    templates: /** @type {string[]} */ ([]),
    asking: false,
    quiet: /** @type {Api.Quiet} */ ({ start: '', end: '' }),
    busy: '',
  },

  // Coming back from WeChat's settings is coming back to this page.
  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.subscriptions.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const [{ data, offline }, quiet] = await Promise.all([api.getSubscriptions(), api.getQuiet()]);
      return { ...(await this.view(data)), quiet: quiet.data, offline };
    });
  },

  /**
   * @param {Api.Subscriptions} own
   * @returns {Promise<{state: 'none' | 'off' | 'all' | 'some', left: number, title: string, hint: string, templates: string[]}>}
   */
  async view(own) {
    const t = this.data.t.subscriptions;
    const templates = own.templates.map(({ template_id: id }) => id);
    if (!templates.length) return { state: 'none', left: 0, title: t.none, hint: t.noneHint, templates: [] };
    if (await isSwitchedOff(templates)) return { state: 'off', left: 0, title: t.off, hint: t.offHint, templates: [] };
    if (own.all) return { state: 'all', left: 0, title: t.all, hint: t.allHint, templates: own.ask };
    return {
      state: 'some',
      left: own.credits,
      title: own.credits ? fill(t.left, { n: own.credits }) : t.empty,
      hint: own.covers === 'all' ? t.hintAll : t.hint,
      templates: own.ask,
    };
  },

  async more() {
    if (this.data.asking) return;
    const asked = ask(this.data.templates);
    this.setData({ asking: true });
    const { said, now } = await asked;
    this.setData({ asking: false });
    const t = this.data.t.subscriptions;
    if (now) this.setData(await this.view(now));
    else await this.reload();
    if (said === 'yes') wx.showToast({ title: now ? t.thanks : t.later, icon: 'none' });
    if (said === 'no') wx.showToast({ title: t.no, icon: 'none' });
  },

  rest() {
    return this.setQuiet({ start: '21:00', end: '07:00' });
  },

  restNoMore() {
    return this.setQuiet({ start: '', end: '' });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickQuiet(event) {
    return this.setQuiet({ ...this.data.quiet, [event.currentTarget.dataset.end]: String(event.detail.value) });
  },

  /** @param {Api.Quiet} quiet */
  async setQuiet(quiet) {
    const answer = await attempt(this, 'quiet', () => api.putQuiet(quiet));
    if (answer) this.setData({ quiet: answer.done });
  },

  openSetting() {
    wx.openSetting({ withSubscriptions: true, complete: () => this.reload() });
  },
});
