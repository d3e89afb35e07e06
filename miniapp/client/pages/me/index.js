/* Me: my children, the size of writing, the language, signing out. */

const api = require('../../lib/api');
const { LANGUAGES, chooseLanguage, fill, language, words } = require('../../i18n/index');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const session = require('../../lib/session');
const { chooseTextSize, textSize } = require('../../lib/theme');

Page({
  data: {
    ...screen.data(),
    children: /** @type {Api.Child[]} */ ([]),
    size: /** @type {string} */ ('normal'),
    language: '',
    languages: Object.entries(LANGUAGES).map(([id, { name }]) => ({ id, name })),
  },

  onShow() {
    if (!screen.enter(this)) return;
    this.draw();
    this.reload();
  },

  draw() {
    screen.enter(this);
    wx.setNavigationBarTitle({ title: this.data.t.me.title });
    this.setData({ size: textSize(), language: language() });
    getApp().nameTabs();
  },

  reload() {
    if (this.data.phase === 'failed') this.setData({ phase: 'loading' });
    return screen.load(this, async () => {
      const { data, offline } = await api.getHome();
      return { children: data.children, offline };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSize(event) {
    chooseTextSize(event.currentTarget.dataset.size);
    this.draw();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseLanguage(event) {
    chooseLanguage(event.currentTarget.dataset.id);
    this.draw();
  },

  bind() {
    wx.navigateTo({ url: '/pages/bind/index' });
  },

  async signOut() {
    const t = words().me;
    const lost = queue.size() ? fill(t.signOutQueued, { n: queue.size() }) : '';
    const { confirm } = await wx.showModal({ title: t.signOut, content: t.signOutAsk + lost });
    if (!confirm) return;
    try {
      await api.signOut();
    } catch {
      // Without a network the session ends by itself; this phone forgets it all the same.
    }
    queue.clear();
    session.forget();
    wx.reLaunch({ url: '/pages/welcome/index' });
  },
});
