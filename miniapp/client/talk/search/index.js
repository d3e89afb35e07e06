/* Looking for what was said: in one conversation, as far back as somebody wants, or in the newest of all of one's own. */

const screen = require('../../lib/screen');
const talk = require('../lib/api');
const { getThreads } = require('../../lib/talk');
const { titleOf } = require('../../lib/talk-rows');
const { moment } = require('../../lib/format');

const SEARCH_LIMIT = 40; // domain/messages.py

Page({
  data: {
    ...screen.data(),
    limit: SEARCH_LIMIT,
    wanted: '',
    asked: '',
    rows: /** @type {{key: string, id: string, seq: number, who: string, at: string, text: string}[]} */ ([]),
    before: 0,
    all: true,
  },

  id: '',

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
    this.setData({ all: !this.id, phase: 'ready' });
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.all ? this.data.t.find.title : this.data.t.find.titleHere });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ wanted: event.detail.value });
  },

  look() {
    const asked = this.data.wanted.trim();
    if (!asked) return;
    this.setData({ asked, rows: [], before: 0 });
    this.reload();
  },

  goOn() {
    this.reload();
  },

  /** The first of what is asked for, or what comes before what is shown. */
  reload() {
    const { asked, rows, before } = this.data;
    this.setData({ phase: 'loading' });
    return screen.load(this, async () => {
      const [hits, titles] = await Promise.all([talk.search(this.id, asked, before), this.names()]);
      const found = hits.items.map(({ thread, seq, name, at, text, link }) => ({
        key: `${thread}:${seq}`, id: thread, seq, at: moment(at), text: text || link,
        who: this.id ? name : [titles.get(thread), name].filter(Boolean).join(' · '),
      }));
      return asked === this.data.asked ? { rows: [...rows, ...found], before: hits.before } : {};
    });
  },

  /** What conversations are called. @returns {Promise<Map<string, string>>} */
  async names() {
    if (this.id) return new Map();
    const { data } = await getThreads();
    return new Map(data.items.map((thread) => [thread.id, titleOf(thread)]));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { id, seq } = event.currentTarget.dataset;
    wx.navigateTo({ url: `/talk/thread/index?id=${encodeURIComponent(id)}&seq=${seq}` });
  },
});
