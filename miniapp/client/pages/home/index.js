/* Home: what needs me today, and the newest notices; for all children, or one of them. */

const api = require('../../lib/api');
const drafts = require('../../lib/drafts');
const { dateOf } = require('../../lib/format');
const { fill, words } = require('../../i18n/index');
const queue = require('../../lib/queue');
const { noticeRow } = require('../../lib/rows');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

/** @typedef {ReturnType<typeof noticeRow>} Row */

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    school: '',
    child: '',
    children: /** @type {Api.Child[]} */ ([]),
    todo: /** @type {Row[]} */ ([]),
    newest: /** @type {Row[]} */ ([]),
    teaching: /** @type {Api.Teaching | null} */ (null),
    places: /** @type {Api.Home['places']} */ ([]),
    acting: '',
    loaded: 0,
    waiting: '',
    /** What is asked of the person beside notices: where to, and in which words. */
    asked: /** @type {{page: string, text: string}[]} */ ([]),
    tonight: '',
    refreshing: false,
  },

  /** Set while the page is there: what the server said last, and what stops the listening. */
  home: /** @type {Api.Home | null} */ (null),
  stop: /** @type {() => void} */ (() => {}),

  onLoad() {
    this.stop = queue.listen((outcome) => {
      this.setData({ waiting: this.waitingWords() });
      this.draw();
      if (outcome.state === 'done' && outcome.about.startsWith(drafts.PUBLISH)) this.reload();
    });
  },

  onUnload() {
    this.stop();
  },

  onShow() {
    if (!screen.enter(this)) return;
    getApp().nameTabs();
    this.setData({ waiting: this.waitingWords() });
    const kept = api.remembered(api.paths.home());
    if (!this.home && kept) this.show(kept);
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await api.getHome();
      this.home = data;
      return { ...this.view(data), offline, loaded: Date.now() };
    });
  },

  /** @param {Api.Home} home */
  show(home) {
    this.home = home;
    this.setData({ ...this.view(home), phase: 'ready' });
  },

  /** Draw again what is known, after the queue or the choice of a child changed. */
  draw() {
    if (this.home) this.show(this.home);
  },

  /** @param {Api.Home} home */
  view(home) {
    const { t, child } = this.data;
    const chosen = home.children.some(({ id }) => id === child) ? child : '';
    /** @param {Api.NoticeRow[]} rows */
    const mine = (rows) => rows.filter((row) => !chosen || row.child_id === chosen).map(noticeRow);
    const [first] = home.children;
    return {
      child: chosen,
      children: home.children,
      teaching: home.teaching,
      places: home.places,
      acting: home.acting,
      school: first ? first.school_name : home.teaching ? home.teaching.school_name : t.welcome.name,
      todo: mine(home.todo).filter((row) => row.label.tone === 'todo'),
      newest: mine(home.notices),
      asked: askedOf(home),
      tonight: tonightOf(home, chosen),
    };
  },

  /** What was tapped and has not been sent yet. */
  waitingWords() {
    const { home } = this.data.t;
    const n = queue.size(), minutes = queue.minutes(queue.under(''));
    return n ? fill(minutes ? home.rests : home.waiting, { n, minutes }) : '';
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string}>} event */
  chooseChild(event) {
    this.setData({ child: event.detail.id });
    this.draw();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/pages/notice/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openAsked(event) {
    wx.navigateTo({ url: `/pages/${event.currentTarget.dataset.page}/index` });
  },

  openHomework() {
    wx.navigateTo({ url: '/homework/evening/index' });
  },

  openLinks() {
    wx.navigateTo({ url: `/links/shelf/index?child=${encodeURIComponent(this.data.child)}` });
  },

  searchLinks() {
    wx.navigateTo({ url: `/links/search/index?child=${encodeURIComponent(this.data.child)}` });
  },

  openCircle() {
    wx.navigateTo({ url: '/circle/feed/index' });
  },

  openWeekend() {
    wx.navigateTo({ url: '/weekend/mine/index' });
  },

  openActivities() {
    wx.navigateTo({ url: '/activities/mine/index' });
  },

  openAll() {
    wx.switchTab({ url: '/pages/notices/index' });
  },

  bind() {
    wx.navigateTo({ url: '/pages/bind/index' });
  },
});

/** Requests about one's children, consents without an answer, and data that are about to go. @param {Api.Home} home */
function askedOf(home) {
  const t = words().home;
  const requests = home.claims.filter((claim) => !claim.mine && claim.may_decide).length;
  return [
    { page: 'requests', text: requests ? fill(t.requests, { n: requests }) : '' },
    { page: 'consents', text: home.unanswered ? t.unanswered : '' },
    { page: 'erase', text: home.leaving ? t.leaving : '' },
  ].filter(({ text }) => text);
}

/** How long tonight's homework is, by what was said today; nothing is said of an older answer. @param {Api.Home} home @param {string} chosen */
function tonightOf({ children, tonight = [] }, chosen) {
  const t = words().home;
  const today = dateOf();
  const rows = tonight.filter(({ day, child_id: id }) => day === today && (!chosen || id === chosen));
  if (children.length < 2 || chosen) return rows.map(({ minutes: n }) => fill(t.tonight, { n })).join('');
  return rows.map(({ child_id: id, minutes: n }) => fill(t.tonightOf, { name: (children.find((one) => one.id === id) || { name: '' }).name, n })).join(' · ');
}
