/* Me: my children, my classes, my data, the size of writing, the language, signing out. */

const api = require('../../lib/api');
const { LANGUAGES, chooseLanguage, fill, language, words } = require('../../i18n/index');
const { ask, attempt } = require('../../lib/acts');
const people = require('../../lib/people');
const queue = require('../../lib/queue');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const session = require('../../lib/session');
const { chooseTextSize, textSize } = require('../../lib/theme');

Page({
  ...pulling,
  data: {
    ...screen.data(),
    children: /** @type {Api.Child[]} */ ([]),
    classes: /** @type {Api.TaughtClass[]} */ ([]),
    claims: 0,
    leaves: 0,
    requests: 0,
    unanswered: 0,
    busy: '',
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
    return screen.load(this, async () => {
      const { data, offline } = await api.getHome();
      return {
        children: data.children,
        classes: data.teaching ? data.teaching.classes : [],
        claims: data.teaching ? data.teaching.claims : 0,
        leaves: data.teaching ? data.teaching.leaves : 0,
        requests: data.claims.filter((claim) => !claim.mine && claim.may_decide).length,
        unanswered: data.unanswered,
        offline,
      };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/pages/${event.currentTarget.dataset.page}/index` });
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

  openLinks() {
    wx.navigateTo({ url: '/links/shelf/index?teaching=1' });
  },

  bind() {
    wx.navigateTo({ url: '/pages/bind/index' });
  },

  async signOut() {
    const t = words().me;
    const { confirm } = await wx.showModal({ title: t.signOut, content: t.signOutAsk + lostWords() });
    if (!confirm) return;
    try {
      await api.signOut();
    } catch {
      // Without a network the session ends by itself; this phone forgets it all the same.
    }
    this.forget();
  },

  /** On a phone that is lost nobody may go on: unlike signing out here, this has to arrive. */
  async signOutEverywhere() {
    const t = words().me;
    const content = t.everywhereAsk + lostWords();
    if (!(await ask({ title: t.everywhere, content, yes: t.everywhereYes, danger: true }))) return;
    if (await attempt(this, 'everywhere', () => people.signOutEverywhere())) this.forget();
  },

  forget() {
    queue.clear();
    session.forget();
    wx.reLaunch({ url: '/pages/welcome/index' });
  },
});

/** What has not been sent yet, and would be lost. */
function lostWords() {
  return queue.size() ? fill(words().me.signOutQueued, { n: queue.size() }) : '';
}
