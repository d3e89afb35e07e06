/* One field over everything that can be opened. What was looked for lately stays on this phone, until somebody clears it. */

const screen = require('../../lib/screen');
const searched = require('../lib/searched');
const { fill } = require('../../i18n/index');
const { copyLink, hit, search, suggest } = require('../lib/shelf');

const QUERY_LIMIT = 60;
const TYPING_MS = 250; // a pause in typing

Page({
  data: {
    ...screen.data(),
    phase: /** @type {'loading' | 'ready' | 'failed'} */ ('ready'),
    limit: QUERY_LIMIT,
    q: '',
    view: /** @type {'recent' | 'suggested' | 'found'} */ ('recent'),
    recent: /** @type {string[]} */ ([]),
    suggestions: /** @type {string[]} */ ([]),
    rows: /** @type {ReturnType<typeof hit>[]} */ ([]),
    count: '',
    none: '',
    /** Whether there may be more that is not ready to be found yet. */
    reading: false,
    cursor: /** @type {string | null} */ (null),
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
  },

  whom: { child: '', class_id: '' },
  typing: /** @type {any} */ (0),
  /** The answer to an older question is thrown away. */
  asked: 0,

  /** @param {{child?: string, class?: string}} query */
  onLoad(query) {
    this.whom = { child: decodeURIComponent(query.child || ''), class_id: decodeURIComponent(query.class || '') };
  },

  onUnload() {
    clearTimeout(this.typing);
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.links.search });
    this.setData({ recent: searched.all() });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    const q = event.detail.value;
    this.asked += 1;
    clearTimeout(this.typing);
    if (!q.trim()) {
      this.clear();
      return;
    }
    this.setData({ q });
    this.typing = setTimeout(() => this.propose(), TYPING_MS);
  },

  /** Suggestions are a help: without them the search goes on. */
  async propose() {
    const mine = this.asked;
    try {
      const { suggestions } = await suggest({ ...this.whom, q: this.data.q.trim() });
      if (mine === this.asked) this.setData({ view: 'suggested', suggestions });
    } catch {
      // The search itself says what is wrong.
    }
  },

  clear() {
    clearTimeout(this.typing);
    this.asked += 1;
    this.setData({ q: '', view: 'recent', recent: searched.all() });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ q: event.currentTarget.dataset.q });
    this.look();
  },

  look() {
    const q = this.data.q.trim();
    clearTimeout(this.typing);
    if (!q) return undefined;
    const mine = ++this.asked;
    searched.note(q);
    this.setData({ view: 'found', phase: 'loading', reading: false, rows: [], cursor: null, more: '' });
    return screen.load(this, async () => {
      const { links } = this.data.t;
      const { hits, total, next_cursor, reading } = await search({ ...this.whom, q });
      if (mine !== this.asked) return {};
      return { reading, rows: hits.map(hit), cursor: next_cursor, count: fill(links.found, { count: total }), none: fill(links.notFound, { q }) };
    }, { gone: this.data.t.links.nowhere, goneHint: this.data.t.links.nowhereHint });
  },

  onReachBottom() {
    this.loadMore();
  },

  async loadMore() {
    const { q, cursor, more, view } = this.data;
    if (view !== 'found' || !cursor || more === 'loading') return;
    const mine = this.asked;
    this.setData({ more: 'loading' });
    try {
      const { hits, next_cursor } = await search({ ...this.whom, q: q.trim(), cursor });
      if (mine !== this.asked) return;
      this.setData({ rows: [...this.data.rows, ...hits.map(hit)], cursor: next_cursor, more: '' });
    } catch {
      if (mine === this.asked) this.setData({ more: 'failed' });
    }
  },

  forget() {
    searched.clear();
    this.setData({ recent: [] });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { url, title, resource } = event.currentTarget.dataset;
    if (resource) wx.navigateTo({ url: `/links/resource/index?id=${encodeURIComponent(resource)}` });
    else copyLink(url, title);
  },
});
