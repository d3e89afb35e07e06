/* All notices: filtered, searched, pulled to refresh, and more at the end. */

const api = require('../../lib/api');
const { fill } = require('../../i18n/index');
const queue = require('../../lib/queue');
const { noticeRow } = require('../../lib/rows');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

const TYPING_MS = 350; // a pause in typing is the end of a word

/** @typedef {'all' | 'unread' | 'todo'} Filter */

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    filter: /** @type {Filter} */ ('all'),
    child: '',
    q: '',
    children: /** @type {Api.Child[]} */ ([]),
    rows: /** @type {ReturnType<typeof noticeRow>[]} */ ([]),
    empty: { title: '', hint: '' },
    cursor: /** @type {string | null} */ (null),
    refreshing: false,
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
  },

  items: /** @type {Api.NoticeRow[]} */ ([]),
  typing: /** @type {any} */ (0),
  /** The answer to an older question is thrown away. */
  asked: 0,
  stop: /** @type {() => void} */ (() => {}),

  onLoad() {
    this.stop = queue.listen(() => this.setData({ rows: this.items.map(noticeRow) }));
  },

  onUnload() {
    this.stop();
    clearTimeout(this.typing);
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.notices.title });
    this.knowChildren();
    this.reload();
  },

  /** For the switcher; home has asked already, unless a card in the chat led straight here. */
  async knowChildren() {
    const kept = /** @type {Api.Home | null} */ (api.remembered(api.paths.home()));
    try {
      const home = kept || (await api.getHome()).data;
      this.setData({ children: home.children });
    } catch {
      // The list says by itself that there is no network.
    }
  },

  wanted() {
    const { filter, child, q } = this.data;
    return { filter: filter === 'all' ? undefined : filter, child: child || undefined, q: q.trim() || undefined };
  },

  reload() {
    const mine = ++this.asked;
    return screen.load(this, async () => {
      const { data, offline } = await api.getNotices(this.wanted());
      if (mine !== this.asked) return {};
      this.items = data.items;
      return { rows: this.items.map(noticeRow), cursor: data.next_cursor, empty: this.emptyWords(), offline, more: '' };
    });
  },

  /** Another question: what stood here is no answer to it. */
  askAnew() {
    this.setData({ phase: 'loading', rows: [] });
    this.reload();
  },

  async loadMore() {
    const { cursor, more } = this.data;
    if (!cursor || more === 'loading') return;
    const mine = this.asked;
    this.setData({ more: 'loading' });
    try {
      const { data } = await api.getNotices({ ...this.wanted(), cursor });
      if (mine !== this.asked) return;
      this.items = [...this.items, ...data.items];
      this.setData({ rows: this.items.map(noticeRow), cursor: data.next_cursor, more: '' });
    } catch {
      this.setData({ more: 'failed' });
    }
  },

  emptyWords() {
    const { t, filter, q } = this.data;
    if (q.trim()) return { title: fill(t.notices.emptySearch, { q: q.trim() }), hint: '' };
    if (filter === 'unread') return { title: t.notices.emptyUnread, hint: '' };
    if (filter === 'todo') return { title: t.notices.emptyTodo, hint: '' };
    return { title: t.notices.empty, hint: t.notices.emptyHint };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseFilter(event) {
    const { filter } = event.currentTarget.dataset;
    if (filter === this.data.filter) return;
    this.setData({ filter });
    this.askAnew();
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string}>} event */
  chooseChild(event) {
    this.setData({ child: event.detail.id });
    this.askAnew();
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ q: event.detail.value });
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.askAnew(), TYPING_MS);
  },

  clearSearch() {
    this.setData({ q: '' });
    this.askAnew();
  },
});
