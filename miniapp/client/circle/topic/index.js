/* A topic with what is said to it; opening it is reading it. */

const acts = require('../../lib/acts');
const circles = require('../lib/api');
const screen = require('../../lib/screen');
const { words } = require('../../i18n/index');
const { commentRow, topicRow } = require('../lib/rows');

const COMMENT_LIMIT = 500; // domain/circles.py

/** @typedef {{kind: 'topic' | 'topic_comment', id: string, act: 'report' | 'hide'}} Asked */

Page({
  ...screen.reloading((t) => t.circle.topic),
  data: {
    ...screen.data(),
    row: /** @type {ReturnType<typeof topicRow> | null} */ (null),
    comments: /** @type {ReturnType<typeof commentRow>[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    leads: false,
    staff: false,
    mayComment: false,
    words: '',
    limit: COMMENT_LIMIT,
    asking: { title: '', hint: '', yes: '' },
    asked: /** @type {Asked | null} */ (null),
    busy: '',
  },

  id: '',

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await circles.getTopic(this.id);
      const { data: said } = await circles.getComments(this.id);
      return {
        row: topicRow(data.topic), comments: said.items.map(commentRow), cursor: said.next_cursor,
        leads: data.circle.leads, staff: data.circle.as_staff, mayComment: data.may_comment, offline,
      };
    }, this.data.t.circle);
  },

  async loadMore() {
    const { cursor } = this.data;
    if (!cursor || this.data.busy) return;
    const told = await acts.attempt(this, 'more', () => circles.getComments(this.id, cursor));
    if (told) this.setData({ comments: [...this.data.comments, ...told.done.data.items.map(commentRow)], cursor: told.done.data.next_cursor });
  },

  /** @param {WechatMiniprogram.CustomEvent<{id: string, liked: boolean}>} event */
  async like(event) {
    const told = await acts.attempt(this, 'like', () => circles.like(this.id, event.detail.liked));
    if (told) this.setData({ row: topicRow(told.done) });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ words: event.detail.value });
  },

  /** The key stays the same until there is an answer: what is tapped twice is said once. */
  async say() {
    const text = this.data.words.trim();
    if (!text) return;
    const told = await acts.attempt(this, 'say', (key) => circles.comment(this.id, text, key));
    if (!told) return;
    this.setData({ words: '' });
    const last = !this.data.cursor;
    if (last) this.setData({ comments: [...this.data.comments, commentRow(told.done)] });
    // It is said; that the count could not be read again is no failure of it.
    await screen.load(this, async () => ({ row: topicRow((await circles.getTopic(this.id)).data.topic) }), this.data.t.circle);
  },

  async remove() {
    const t = this.data.t.circle;
    if (!(await acts.ask({ title: t.remove, content: t.removeAsk, yes: t.remove, danger: true }))) return;
    if (await acts.attempt(this, 'remove', () => circles.remove(this.id))) wx.navigateBack();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async removeComment(event) {
    const { id } = event.currentTarget.dataset;
    const t = this.data.t.circle;
    if (!(await acts.ask({ title: t.remove, content: t.removeCommentAsk, yes: t.remove, danger: true }))) return;
    if (await acts.attempt(this, 'remove', () => circles.removeComment(id))) await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  ask(event) {
    const { id = this.id, kind, act } = event.currentTarget.dataset;
    const t = words().circle;
    const asking = act === 'hide' ? { title: t.hide, hint: t.hideHint, yes: t.hide } : { title: t.report, hint: t.reportHint, yes: t.reportSend };
    this.setData({ asked: { id, kind, act }, asking });
  },

  close() {
    this.setData({ asked: null });
  },

  /** @param {WechatMiniprogram.CustomEvent<{why: string}>} event */
  async send(event) {
    const { asked } = this.data;
    if (!asked) return;
    const { act, kind, id } = asked;
    const { why } = event.detail;
    const told = await acts.attempt(this, act, (key) => (act === 'hide' ? circles.hide(kind, id, why) : circles.report(kind, id, why, key)));
    if (!told) return;
    this.setData({ asked: null });
    if (act === 'hide') await this.reload();
    else acts.say(words().circle.reported);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async showAgain(event) {
    const { id = this.id, kind } = event.currentTarget.dataset;
    if (await acts.attempt(this, 'show', () => circles.showAgain(kind, id))) await this.reload();
  },

  seen() {
    wx.navigateTo({ url: `/circle/seen/index?id=${encodeURIComponent(this.id)}` });
  },
});
