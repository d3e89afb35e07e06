/* A child's mistakes book: what may be tried again today, and the whole book by subject. */

const days = require('../lib/days');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { ofMistake } = require('../lib/pictures');
const { colourOf } = require('../lib/rows');

const BEFORE = 13; // days in which a subject had homework

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    subject: '', // empty: what is due today
    subjects: /** @type {Api.Subject[]} */ ([]),
    rows: /** @type {any[]} */ ([]),
    cursor: /** @type {string | null} */ (null),
    refreshing: false,
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
  },

  child: '',
  items: /** @type {Api.Mistake[]} */ ([]),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{child?: string}} query */
  onLoad({ child = '' }) {
    this.child = decodeURIComponent(child);
    this.stop = queue.listen(({ about, state }) => {
      if (/^(try|mistake):/.test(about) && state !== 'waiting') this.reload();
    });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.mistakes.title });
    this.reload();
  },

  onUnload() {
    this.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await homework.getMistakes(this.child, this.data.subject);
      this.items = data.items;
      const subjects = this.data.subjects.length ? this.data.subjects : await this.findSubjects();
      return { subjects, rows: this.rows(subjects), cursor: data.next_cursor, offline, more: '' };
    });
  },

  /** Those that had homework lately. @returns {Promise<Api.Subject[]>} */
  async findSubjects() {
    const { data } = await homework.getEvenings(days.plus(days.today(), -BEFORE), BEFORE + 1);
    const mine = data.evenings.filter(({ child_id: id }) => id === this.child).flatMap(({ items }) => items.map(({ subject }) => subject));
    return [...new Map(mine.map((subject) => [subject.code, subject])).values()];
  },

  /** @param {Api.Subject[]} subjects */
  rows(subjects) {
    const { mistakes: t } = this.data.t;
    const today = days.today();
    return this.items.map((one) => {
      const named = subjects.find(({ code }) => code === one.subject);
      const next = one.due === null ? t.learned : fill(t.again, { day: days.full(one.due) });
      const isDue = one.due !== null && one.due <= today && !queue.has(`try:${one.id}`);
      return {
        id: one.id,
        colour: colourOf(one.subject),
        name: named ? named.name : '',
        note: one.note,
        tags: [one.knowledge, one.cause === 'unknown' ? '' : this.data.t.cause[one.cause]].filter(Boolean),
        files: one.file_id ? [ofMistake(one.file_id, one.id, this.child, homework.paths.mistakes(this.child, this.data.subject))] : [],
        facts: [fill(t.entered, { day: days.full(one.entered) }), one.reviews.length ? fill(t.tried, { n: one.reviews.length }) : '', isDue ? '' : next].filter(Boolean).join(' · '),
        isDue,
        practice: one.practice || [],
      };
    });
  },

  async loadMore() {
    const { cursor, more, subject, subjects } = this.data;
    if (!cursor || more === 'loading') return;
    this.setData({ more: 'loading' });
    try {
      const { data } = await homework.getMistakes(this.child, subject, cursor);
      this.items = [...this.items, ...data.items];
      this.setData({ rows: this.rows(subjects), cursor: data.next_cursor, more: '' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ more: 'failed' });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    this.items = [];
    this.setData({ subject: event.currentTarget.dataset.code, phase: 'loading', rows: [] });
    this.reload();
  },

  /** A page outside is not opened in here: its address is taken along. @param {WechatMiniprogram.TouchEvent} event */
  copyLink(event) {
    wx.setClipboardData({ data: event.currentTarget.dataset.address, success: () => wx.showToast({ title: this.data.t.notice.copied, icon: 'none' }) });
  },

  add() {
    wx.navigateTo({ url: `/homework/mistake/index?child=${encodeURIComponent(this.child)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  edit(event) {
    wx.navigateTo({ url: `/homework/mistake/index?child=${encodeURIComponent(this.child)}&mistake=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  answer(event) {
    const { id, right } = event.currentTarget.dataset;
    queue.add(homework.tryAgain(this.child, id, right));
    this.setData({ rows: this.rows(this.data.subjects) });
  },
});
