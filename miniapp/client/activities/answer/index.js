/* An activity that I am asked: answering it, for one child or as myself, and taking the answer back. */

const activities = require('../lib/api');
const screen = require('../../lib/screen');
const signing = require('../../lib/signing');
const uploads = require('../../lib/uploads');
const { ask, attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');
const { openFile } = require('../lib/files');
const kept = require('../lib/kept');
const { draftsOf, problemsOf, questionRows, said, tapped } = require('../lib/questions');

const MOST_FILES = 3;

/** @typedef {import('../lib/questions').Draft} Draft */

Page({
  data: {
    ...screen.data(),
    activity: /** @type {any} */ ({}),
    meta: '',
    notice: '',
    noticeCalm: true,
    subjects: /** @type {{id: string, name: string}[]} */ ([]),
    child: '',
    questions: /** @type {any[]} */ ([]),
    answeredBy: '',
    answered: false,
    mayAnswer: false,
    busy: '',
  },

  asked: { id: '', child: '' },
  activity: /** @type {Api.AskedActivity | null} */ (null),
  drafts: /** @type {Record<string, Draft>} */ ({}),
  keys: /** @type {Record<string, string>} */ ({}),
  wrong: /** @type {Record<string, string>} */ ({}),

  /** @param {{id?: string, child?: string}} query */
  onLoad({ id = '', child = '' }) {
    this.asked = { id: decodeURIComponent(id), child: decodeURIComponent(child) };
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.activity.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await activities.getActivity(this.asked.id);
      this.activity = data;
      const known = data.subjects.some(({ child_id }) => child_id === this.asked.child);
      if (!known) this.asked.child = data.subjects[0].child_id;
      this.begin();
      return { ...this.view(), offline };
    }, this.data.t.activity);
  },

  /** @returns {Api.AskedSubject} */
  subject() {
    const { subjects } = /** @type {Api.AskedActivity} */ (this.activity);
    return subjects.find(({ child_id }) => child_id === this.asked.child) || subjects[0];
  },

  /** With what was answered, if anything was, and what was being filled in when the app was left. */
  begin() {
    const { questions } = /** @type {Api.AskedActivity} */ (this.activity);
    this.drafts = kept.goneOn(this.asked.id, this.subject(), questions, draftsOf(questions, this.subject()));
    this.wrong = {};
  },

  view() {
    const activity = /** @type {Api.AskedActivity} */ (this.activity);
    const { t } = this.data;
    const subject = this.subject();
    const by = { who: subject.relation || t.activity.myself, when: moment(subject.answered_at) };
    return {
      activity: { title: activity.title, body: activity.body, attachments: activity.attachments },
      meta: [t.activity.kinds[activity.kind], teacher(activity.author), fill(t.activity.until, { when: moment(activity.closes_at) })].join(' · '),
      ...this.noticeOf(activity, subject),
      subjects: activity.subjects.map(({ child_id, child_name }) => ({ id: child_id, name: child_name })),
      child: subject.child_id,
      questions: questionRows(activity, subject, this.drafts, this.wrong),
      answeredBy: subject.answered_at ? fill(t.activity.answeredBy, by) : '',
      answered: subject.answered,
      mayAnswer: subject.may_answer,
    };
  },

  /** @param {Api.AskedActivity} activity @param {Api.AskedSubject} subject */
  noticeOf(activity, subject) {
    const { activity: t } = this.data.t;
    const { standing, place_in_line: n } = subject.seat;
    if (activity.state === 'withdrawn') return { notice: t.withdrawnHint, noticeCalm: true };
    if (standing === 'waiting') return { notice: fill(t.inLine, { n }), noticeCalm: false };
    if (!activity.open) return { notice: t.overHint, noticeCalm: true };
    if (activity.questions.length && !subject.may_answer) return { notice: t.readOnly, noticeCalm: true };
    const isFull = activity.questions.some(({ options }) => options.some(({ left }) => left === 0));
    return { notice: activity.waits && isFull && standing === 'none' ? t.waitsHint : '', noticeCalm: true };
  },

  draw() {
    this.setData(this.view());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    this.asked.child = event.currentTarget.dataset.id;
    this.begin();
    this.draw();
  },

  /** @param {string} id @param {Partial<Draft>} changes */
  change(id, changes) {
    Object.assign(this.drafts[id], changes);
    delete this.wrong[id];
    delete this.keys.answer; // another answer is another act
    kept.keep(this.asked.id, this.subject(), this.drafts);
    this.draw();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    const { question: id, option } = event.currentTarget.dataset;
    const activity = /** @type {Api.AskedActivity} */ (this.activity);
    const question = activity.questions.find((one) => one.id === id);
    const row = this.data.questions.find((one) => one.id === id).options.find((/** @type {any} */ one) => one.id === option);
    if (!question || row.off) return;
    this.change(id, { chosen: tapped(question, this.drafts[id].chosen, option) });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change(event.currentTarget.dataset.question, { text: event.detail.value });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickDay(event) {
    this.change(event.currentTarget.dataset.question, { text: String(event.detail.value) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async addPictures(event) {
    const id = event.currentTarget.dataset.question;
    this.attach(id, await uploads.choosePictures(Math.max(1, MOST_FILES - this.drafts[id].files.length)));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async addFiles(event) {
    const id = event.currentTarget.dataset.question;
    this.attach(id, await uploads.chooseDocuments(Math.max(1, MOST_FILES - this.drafts[id].files.length)));
  },

  /** Signed anew, the old one goes. @param {WechatMiniprogram.TouchEvent} event */
  async sign(event) {
    const { question: id, title } = event.currentTarget.dataset;
    const drawn = await signing.ask(title);
    if (!drawn) return;
    uploads.forget(this.drafts[id].files);
    this.change(id, { files: [{ ...drawn, child: this.subject().child_id }] });
  },

  /** @param {string} id @param {import('../../lib/uploads').Attached[]} chosen */
  attach(id, chosen) {
    const child = this.subject().child_id;
    this.change(id, { files: [...this.drafts[id].files, ...chosen.map((one) => ({ ...one, child }))].slice(0, MOST_FILES) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  removeFile(event) {
    const { question: id, key } = event.currentTarget.dataset;
    if (!this.data.mayAnswer) return;
    uploads.forget(this.drafts[id].files.filter((one) => one.key === key));
    this.change(id, { files: this.drafts[id].files.filter((one) => one.key !== key) });
  },

  /** @param {WechatMiniprogram.CustomEvent<{file: Api.Attachment}>} event */
  openAttachment(event) {
    return openFile(event.detail.file, { notice: this.asked.id });
  },

  /** Whether there is a place is for the server to say: the phone waits for the answer. */
  async send() {
    const { questions } = /** @type {Api.AskedActivity} */ (this.activity);
    this.wrong = problemsOf(questions, this.drafts);
    if (Object.keys(this.wrong).length) {
      this.draw();
      say(this.data.t.activity.missing);
      return;
    }
    const subject = this.subject();
    const { child_id: child } = subject;
    const done = await attempt(this, 'answer', async (key) => {
      for (const draft of Object.values(this.drafts)) {
        for (const file of draft.files) file.id = await uploads.send(file);
      }
      return activities.answer(this.asked.id, child, said(questions, this.drafts), key);
    });
    if (done) kept.drop(this.asked.id, subject);
    if (done) say(done.done.said);
    await this.reload();
  },

  async takeBack() {
    const { activity: t } = this.data.t;
    const subject = this.subject();
    const { child_id: child, seat } = subject;
    const content = seat.standing === 'none' ? t.backPlain : t.backAsk;
    if (!(await ask({ title: t.back, content, yes: t.backYes, danger: true }))) return;
    const done = await attempt(this, 'back', (key) => activities.takeBack(this.asked.id, child, key));
    if (done) kept.drop(this.asked.id, subject);
    if (done) say(t.backDone);
    await this.reload();
  },
});
