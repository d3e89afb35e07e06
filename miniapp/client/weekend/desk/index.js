/* One task list of a teacher's: comments that wait, questions, the groups, and the class in its own order. */

const acts = require('../../lib/acts');
const screen = require('../../lib/screen');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { dayName, daysText, pieceRow } = require('../lib/rows');

Page({
  ...screen.reloading((t) => t.tasks.list),
  data: {
    ...screen.data(),
    busy: '',
    head: /** @type {any} */ ({}),
    waiting: /** @type {any[]} */ ([]),
    decided: /** @type {any[]} */ ([]),
    questions: /** @type {any[]} */ ([]),
    groups: '',
    pupils: /** @type {any[]} */ ([]),
    /** The pupil whose pieces are shown. */
    opened: '',
    pieces: /** @type {any[]} */ ([]),
    /** The question that is being answered, and what is typed. */
    about: '',
    words: '',
  },

  id: '',
  found: /** @type {Api.TaskDesk} */ (/** @type {any} */ (null)),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await weekend.getDesk(this.id);
      this.found = data;
      return { ...this.view(data), offline };
    }, this.data.t.weekend);
  },

  /** @param {Api.TaskDesk} found */
  view({ tasks, pupils, groups, comments, questions }) {
    const t = this.data.t.tasks;
    const isLater = new Date(tasks.opens_at) > new Date();
    const state = tasks.withdrawn ? t.withdrawn : tasks.open ? '' : isLater ? fill(t.later, { when: dayName(tasks.first_on) }) : t.over;
    const rows = comments.map((one) => this.comment(one));
    return {
      head: { title: tasks.title, days: daysText(tasks), subject: tasks.subject ? tasks.subject.name : t.general, state, withdrawn: tasks.withdrawn, steps: tasks.steps.map(({ number, text }) => ({ number, text })) },
      waiting: rows.filter(({ state: one }) => one === 'waiting'),
      decided: rows.filter(({ state: one }) => one !== 'waiting'),
      questions: questions.map((one) => this.question(one)),
      groups: groups.groups.length ? fill(t.groupsHint, { n: groups.groups.length }) : t.noGroups,
      pupils: pupils.map((one) => ({
        id: one.child_id, number: one.number, name: one.name, handed: one.pieces.length > 0,
        facts: [one.done.length ? fill(t.done, { n: one.done.length }) : '', one.pieces.length ? fill(t.handed, { n: one.pieces.length }) : ''].filter(Boolean).join(' · ') || t.nothing,
      })),
    };
  },

  /** @param {Api.HeldComment} one */
  comment(one) {
    const t = this.data.t.tasks;
    const where = one.step ? fill(t.toWhom, { name: one.name, on: one.on, n: one.step }) : fill(t.toGone, { name: one.name, on: one.on });
    return { id: one.id, state: one.state, text: one.text, where, label: one.state === 'allowed' ? t.allowed : t.refused };
  },

  /** @param {Api.AskedQuestion} one */
  question(one) {
    const { t } = this.data;
    const where = one.step ? fill(t.weekend.ofStep, { n: one.step }) : t.tasks.wholeList;
    return { id: one.id, text: one.text, from: fill(t.tasks.from, { name: one.name, where }), answer: one.answer, shown: one.shown };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  allow(event) {
    return this.decide(event.currentTarget.dataset.id, true);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  refuse(event) {
    return this.decide(event.currentTarget.dataset.id, false);
  },

  /** @param {string} id @param {boolean} allow */
  async decide(id, allow) {
    if (await acts.attempt(this, 'decide', () => weekend.decide(this.id, id, allow))) await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  startAnswer(event) {
    const { id } = event.currentTarget.dataset;
    const asked = this.found.questions.find((one) => one.id === id);
    this.setData({ about: this.data.about === id ? '' : id, words: asked ? asked.answer : '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ words: event.detail.value });
  },

  async answer() {
    const { about, words } = this.data;
    if (!words.trim()) return;
    if (!(await acts.attempt(this, 'answer', () => weekend.answer(this.id, about, words.trim())))) return;
    this.setData({ about: '', words: '' });
    await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async show(event) {
    const { id, shown } = event.currentTarget.dataset;
    if (await acts.attempt(this, 'show', () => weekend.show(this.id, id, !shown))) await this.reload();
  },

  /** What a child handed in, under its line. @param {WechatMiniprogram.TouchEvent} event */
  async openPupil(event) {
    const { id, handed } = event.currentTarget.dataset;
    if (!handed || this.data.opened === id) {
      this.setData({ opened: '', pieces: [] });
      return;
    }
    try {
      const { data } = await weekend.getWork(this.id, id);
      this.setData({ opened: id, pieces: data.pieces.map((piece) => pieceRow(piece, this.id, id)) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      await acts.tell(error);
    }
  },

  arrange() {
    wx.navigateTo({ url: `/weekend/groups/index?id=${encodeURIComponent(this.id)}` });
  },

  async withdraw() {
    const { t } = this.data;
    if (!(await acts.ask({ title: t.tasks.withdraw, content: t.tasks.withdrawAsk, yes: t.tasks.withdrawYes, danger: true }))) return;
    if (await acts.attempt(this, 'withdraw', (key) => weekend.withdraw(this.id, key))) await this.reload();
  },
});
