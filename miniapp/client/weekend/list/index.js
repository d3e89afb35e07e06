/* One task list for one child: its steps, what was handed in, the study group, questions. Nothing here has to be done. */

const acts = require('../../lib/acts');
const screen = require('../../lib/screen');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');
const { teacher } = require('../../lib/format');
const { daysText, filesOf, pieceRow } = require('../lib/rows');

Page({
  ...screen.reloading((t) => t.weekend.title),
  data: {
    ...screen.data(),
    busy: '',
    head: /** @type {any} */ ({}),
    may: false,
    agrees: false,
    steps: /** @type {any[]} */ ([]),
    group: /** @type {any} */ (null),
    openGroups: /** @type {any[]} */ ([]),
    questions: /** @type {any[]} */ ([]),
    answers: /** @type {any[]} */ ([]),
    /** The piece that is being talked about, and what is typed. */
    about: '',
    words: '',
    asking: false,
    question: '',
  },

  id: '',
  child: '',
  found: /** @type {Api.OpenedTasks} */ (/** @type {any} */ (null)),

  /** @param {{id?: string, child?: string}} query */
  onLoad({ id = '', child = '' }) {
    this.id = decodeURIComponent(id);
    this.child = decodeURIComponent(child);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await weekend.getList(this.id, this.child);
      return { ...this.view(data), offline };
    }, this.data.t.weekend);
  },

  /** @param {Api.OpenedTasks} found */
  view(found) {
    const { t } = this.data;
    this.found = found;
    const { tasks } = found;
    return {
      head: {
        title: tasks.title, intro: tasks.intro, days: daysText(tasks), open: tasks.open,
        meta: [tasks.subject ? tasks.subject.name : '', teacher(tasks.author)].filter(Boolean).join(' · '),
        hint: tasks.open && !found.may_act ? t.weekend.mayOnlyRead : '',
      },
      may: found.may_act,
      agrees: found.agrees,
      steps: this.steps(found),
      group: this.circle(found),
      openGroups: found.group ? [] : found.open_groups.map((one) => ({ ...one, members: fill(t.weekend.members, { n: one.members }) })),
      questions: found.questions.map((one) => this.question(one)),
      answers: found.answers.map((one) => this.question(one)),
    };
  },

  /** @param {Api.OpenedTasks} found */
  steps({ tasks, work }) {
    return tasks.steps.map((step) => {
      const piece = work.pieces.find((one) => one.step === step.number);
      return {
        number: step.number, text: step.text, link: step.link, done: work.done.includes(step.number),
        files: filesOf(step.attachments, this.id, this.child),
        piece: piece ? { ...pieceRow(piece, this.id, this.child), shared: piece.shared, comments: this.commentsTo(piece.id) } : null,
      };
    });
  },

  /** @param {string} piece */
  commentsTo(piece) {
    const { t } = this.data;
    const { group } = this.found;
    return (group ? group.comments : []).filter((one) => one.piece_id === piece).map((one) => ({
      id: one.id, mine: one.mine, text: one.text, who: one.mine ? t.weekend.mine : fill(t.weekend.sayFrom, { name: one.name }),
      note: one.state === 'allowed' ? '' : one.state === 'waiting' ? t.weekend.waiting : t.weekend.refused,
    }));
  },

  /** @param {Api.OpenedTasks} found */
  circle({ group }) {
    if (!group) return null;
    return {
      name: group.name,
      hidden: group.hidden ? fill(this.data.t.weekend.hidden, { n: group.hidden }) : '',
      fellows: group.fellows.map(({ name, pieces }, index) => ({
        key: index, name, pieces: pieces.map((piece) => ({ ...pieceRow(piece, this.id, this.child), comments: this.commentsTo(piece.id) })),
      })),
    };
  },

  /** @param {Api.TaskQuestion} one */
  question(one) {
    const { t } = this.data;
    return {
      id: one.id, text: one.text, where: one.step ? fill(t.weekend.ofStep, { n: one.step }) : '',
      answer: one.answer ? fill(t.weekend.answerOf, { name: teacher(one.answered_by), text: one.answer }) : '',
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async tick(event) {
    if (!this.data.may) return;
    const { number } = event.currentTarget.dataset;
    const isDone = this.found.work.done.includes(number);
    const told = await acts.attempt(this, 'tick', () => weekend.tick(this.id, this.child, number, !isDone));
    if (told) this.setData(this.view({ ...this.found, work: told.done }));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  hand(event) {
    const { number } = event.currentTarget.dataset;
    wx.navigateTo({ url: `/weekend/piece/index?id=${encodeURIComponent(this.id)}&child=${encodeURIComponent(this.child)}&step=${number}` });
  },

  consents() {
    wx.navigateTo({ url: '/pages/consents/index' });
  },

  // ------------------------------------------------------------------------------------- the study group

  /** @param {WechatMiniprogram.TouchEvent} event */
  async join(event) {
    const { id } = event.currentTarget.dataset;
    if (await acts.attempt(this, 'join', () => weekend.choose(this.id, this.child, id))) await this.reload();
  },

  async leave() {
    const { t } = this.data;
    if (!(await acts.ask({ title: t.weekend.leave, content: t.weekend.leaveAsk, yes: t.weekend.leaveYes }))) return;
    if (await acts.attempt(this, 'leave', () => weekend.choose(this.id, this.child, null))) await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  startSaying(event) {
    const { id } = event.currentTarget.dataset;
    this.setData({ about: this.data.about === id ? '' : id, words: '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typedWords(event) {
    this.setData({ words: event.detail.value });
  },

  async say() {
    const { t, about, words } = this.data;
    if (!words.trim()) return;
    const told = await acts.attempt(this, 'say', (key) => weekend.say(this.id, this.child, about, words.trim(), key));
    if (!told) return;
    this.setData({ about: '', words: '' });
    acts.say(t.weekend.said);
    await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async takeBack(event) {
    const { id } = event.currentTarget.dataset;
    if (await acts.attempt(this, 'take', () => weekend.takeWordsBack(this.id, this.child, id))) await this.reload();
  },

  // ------------------------------------------------------------------------------------------- questions

  startAsking() {
    this.setData({ asking: !this.data.asking });
  },

  /** @param {WechatMiniprogram.Input} event */
  typedQuestion(event) {
    this.setData({ question: event.detail.value });
  },

  async ask() {
    const { t, question } = this.data;
    if (!question.trim()) return;
    const told = await acts.attempt(this, 'ask', (key) => weekend.ask(this.id, this.child, 0, question.trim(), key));
    if (!told) return;
    this.setData({ asking: false, question: '' });
    acts.say(t.weekend.asked);
    await this.reload();
  },
});
