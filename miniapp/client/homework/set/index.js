/* Setting a homework. The evening is drawn while it is written; where it does not fit there are three ways out. */

const days = require('../lib/days');
const drafts = require('../../lib/homework-drafts');
const forms = require('../lib/form');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const recording = require('../../lib/recording');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const { fill } = require('../../i18n/index');
const { Attaching } = require('../../lib/attaching');
const { choosing } = require('../../lib/choosing');
const { linking } = require('../../lib/linking');
const { ApiError } = require('../../lib/http');
const { waysOut } = require('../lib/ways-out');
const { budgetRow } = require('../lib/rows');

const KEEP_MS = 400; // a pause in typing is a moment to keep the draft
const MOST_MINUTES = 240;

/** @typedef {import('../lib/form').Form} Form */
/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    form: /** @type {any} */ ({}),
    isKnown: false, // the server has it already: classes and subject stay
    classes: /** @type {any[]} */ ([]),
    subjects: /** @type {any[]} */ ([]),
    dayName: '',
    dayChoices: /** @type {any[]} */ ([]),
    first: '',
    budgets: /** @type {any[]} */ ([]),
    over: false,
    attached: /** @type {any[]} */ ([]),
    recording: false,
    icons: { picture: 'picture', audio: 'voice', video: 'film' },
    link: '',
    typingLink: false,
    known: /** @type {string[]} */ ([]),
    typedLinks: /** @type {string[]} */ ([]),
    modes: /** @type {Api.HandIn[]} */ (['pictures', 'tick', 'text', 'voice', 'file', 'nothing']),
    wrong: /** @type {Record<string, string>} */ ({}),
    back: '',
    ...waysOut.sheet(),
    busy: false,
  },

  ...choosing,
  ...linking,
  ...waysOut,

  files: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),
  form: /** @type {Form} */ (/** @type {any} */ (null)),
  options: /** @type {any} */ ({}),
  known: { id: '', repeats: '', draft: '' },
  all: /** @type {Api.ClassToSet[]} */ ([]),
  budgets: /** @type {Api.Budget[]} */ ([]),
  held: /** @type {Api.OwnHomework | null} */ (null),
  keeping: /** @type {any} */ (0),
  asked: 0,
  done: false,
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string, repeats?: string, draft?: string}} query */
  onLoad({ id = '', repeats = '', draft = '' }) {
    this.known = { id: decodeURIComponent(id), repeats: decodeURIComponent(repeats), draft: decodeURIComponent(draft) };
    this.stop = queue.listen((outcome) => this.heardQueue(outcome));
    const change = (/** @type {Attached[]} */ attached) => this.change({ attached });
    this.files = new Attaching({ held: () => (this.form ? this.form.attached : []), change, sent: change, draw: () => this.setData(this.view()) });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: id ? this.data.t.set.change : this.data.t.set.title });
    this.reload();
  },

  onHide() {
    this.keepNow();
  },

  onUnload() {
    this.stop();
    if (this.data.recording) recording.stop();
    this.files.stop();
    this.keepNow();
  },

  reload() {
    return screen.load(this, async () => {
      const { data } = await homework.getOptions();
      this.all = data.classes.filter(({ subjects }) => subjects.length);
      if (!this.all.length) throw new ApiError('not_found', '', {}, 404);
      this.form = await this.begin();
      this.choose();
      this.look();
      this.files.sendAll();
      const { why, wrong } = this.form;
      return { ...this.view(), isKnown: Boolean(this.form.id), first: days.today(), wrong, back: why ? fill(this.data.t.publish.back, { why }) : '' };
    });
  },

  /** @returns {Promise<Form>} */
  async begin() {
    const { id, repeats, draft } = this.known;
    const left = drafts.find(draft);
    if (left) return forms.onTime(left);
    if (!id && !repeats) return forms.current();
    const { data } = await homework.getOwn(id || repeats);
    if (id) this.held = data;
    return id ? forms.ofHomework(data) : forms.again(data);
  },

  /** What can be chosen alone is chosen. */
  choose() {
    const { form, all } = this;
    form.class_ids = form.class_ids.filter((id) => all.some((one) => one.id === id));
    if (all.length === 1) form.class_ids = [all[0].id];
    const subjects = this.subjects();
    if (!form.id && !subjects.some(({ code }) => code === form.subject)) form.subject = subjects.length === 1 ? subjects[0].code : '';
    if (!form.id && this.chosen().some(({ written }) => !written)) form.written = false;
  },

  chosen() {
    return this.all.filter(({ id }) => this.form.class_ids.includes(id));
  },

  /** Those that may be set in every class that is chosen. @returns {Api.Subject[]} */
  subjects() {
    const [first, ...rest] = this.chosen().length ? this.chosen() : this.all;
    return first.subjects.filter(({ code }) => rest.every(({ subjects }) => subjects.some((one) => one.code === code)));
  },

  view() {
    const { form } = this;
    return {
      form: { ...form },
      classes: this.all.map(({ id, name }) => ({ id, name, on: form.class_ids.includes(id) })),
      subjects: this.subjects(),
      dayName: days.full(form.day),
      dayChoices: [0, 1, 2].map((ahead) => days.plus(days.today(), ahead)).map((day) => ({ day, name: days.name(day), on: day === form.day })),
      attached: form.attached.map((one) => this.files.tile(one)),
      typedLinks: this.typedLinks(),
      noWritten: this.chosen().some(({ written }) => !written),
      ...this.budgetView(),
    };
  },

  budgetView() {
    const { form } = this;
    const subject = this.subjects().find(({ code }) => code === form.subject) || (this.held && this.held.subject) || { code: form.subject, name: this.data.t.set.this };
    const isOut = this.held !== null && this.held.state === 'published';
    const budgets = this.budgets.map((one) => budgetRow(one, { subject, minutes: form.minutes, written: form.written }, isOut));
    return { budgets, over: budgets.some(({ over }) => over) };
  },

  /** Something was changed: draw it, and keep it at the next pause. @param {Partial<Form>} changes */
  change(changes) {
    Object.assign(this.form, changes, { state: 'writing', why: '', wrong: {} });
    this.choose();
    const wrong = { ...this.data.wrong };
    Object.keys(changes).forEach((field) => delete wrong[field === 'attached' ? 'file_ids' : field]);
    this.setData({ ...this.view(), wrong, back: '' });
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_MS);
  },

  keepNow() {
    clearTimeout(this.keeping);
    if (this.form && !this.form.id && !this.done && this.form.state !== 'sending') drafts.keep(this.form);
  },

  // ------------------------------------------------------------------------------------- what is chosen

  /** How the evening stands in the classes that are chosen. The answer to an older question is thrown away. */
  async look() {
    const mine = ++this.asked;
    const { day, class_ids: classes } = this.form;
    try {
      const found = await Promise.all(classes.map((id) => homework.getBudget(id, day)));
      if (mine !== this.asked) return;
      this.budgets = found.map(({ data }) => data);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine !== this.asked) return;
      this.budgets = []; // it is checked when it is set, in any case
    }
    this.setData(this.budgetView());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    const { id } = event.currentTarget.dataset;
    if (this.data.isKnown) return;
    const { class_ids: chosen } = this.form;
    this.change({ class_ids: chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id], student_ids: [], group: '' });
    this.look();
  },

  /** Some pupils of the class, or all again. @param {WechatMiniprogram.CustomEvent<{student_ids: string[], group: string}>} event */
  chooseGroup(event) {
    this.change(event.detail);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    if (!this.data.isKnown) this.change({ subject: event.currentTarget.dataset.code });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseDay(event) {
    this.moveTo(event.currentTarget.dataset.day);
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickDay(event) {
    this.moveTo(String(event.detail.value));
  },

  /** @param {string} day */
  moveTo(day) {
    this.change({ day });
    return this.look();
  },

  less() {
    this.change({ minutes: Math.max(forms.STEP, this.form.minutes - forms.STEP) });
  },

  more() {
    this.change({ minutes: Math.min(MOST_MINUTES, this.form.minutes + forms.STEP) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseWritten(event) {
    this.change({ written: event.currentTarget.dataset.written });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseMode(event) {
    this.change({ hand_in: event.currentTarget.dataset.mode });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  chooseWhen(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ text: event.detail.value });
  },

  // ------------------------------------------------------------------------------------ what hangs on it

  writing() {
    return this.form;
  },

  async addFilm() {
    if (this.room()) this.files.add(await uploads.chooseFilm());
  },

  record() {
    if (this.data.recording) recording.stop();
    else if (this.room()) recording.start({ live: (on) => this.setData({ recording: on }), done: (voice) => this.files.add([voice]) });
  },

  // --------------------------------------------------------------------------------- off it goes, or not

  /** Set it, or what is changed about it. Whether it fits is for the server to say. */
  async send() {
    if (this.data.busy || this.data.recording || (this.data.typingLink && !this.takeLink())) return;
    const wrong = forms.problemsOf(this.form);
    const whole = !Object.keys(wrong).length;
    this.setData({ wrong, back: whole ? '' : this.data.t.publish.fixFields });
    if (!whole) wx.pageScrollTo({ scrollTop: 0 });
    else if (this.form.id) await this.acting(() => this.tryAgain());
    else this.give();
  },

  /** A new one is the queue's from here on: it lands once, whatever happens to this phone. */
  give() {
    clearTimeout(this.keeping);
    this.form.state = 'sending';
    this.setData({ busy: true });
    wx.showLoading({ title: this.data.t.common.sending });
    drafts.send(this.form, forms.said(this.form));
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heardQueue(outcome) {
    const { t, busy } = this.data;
    if (!busy || !this.form || outcome.about !== drafts.SET + this.form.key) return;
    wx.hideLoading();
    this.setData({ busy: false });
    if (outcome.state === 'done') this.heard(outcome.data);
    else if (outcome.state === 'waiting') {
      this.done = true;
      wx.redirectTo({ url: '/homework/mine/index' });
      this.say(t.set.kept);
    } else {
      // lib/homework-drafts.js has put it back already, with what is wrong.
      const refused = drafts.all().filter(({ state }) => state === 'refused').pop();
      this.known = { id: '', repeats: '', draft: refused ? refused.key : '' };
      wx.pageScrollTo({ scrollTop: 0 });
      this.reload();
    }
  },

  /** What the server has already is changed while one waits: the answer says whether it fits now. */
  async tryAgain() {
    await this.files.sendAll();
    if (this.form.attached.some(({ id }) => !id)) throw new ApiError('offline');
    const { id, attempts } = this.form;
    this.heard(await homework.change(id, { ...forms.said(this.form), attempts }));
  },

  /** @param {Api.OwnHomework} found */
  heard(found) {
    if (!found.clashes.length) {
      this.leave(found);
      return;
    }
    this.held = found;
    Object.assign(this.form, { ...forms.ofHomework(found), key: this.form.key, publish_at: this.form.publish_at, repeats: this.form.repeats });
    this.setData({ ...this.view(), isKnown: true, ...this.waysOutOf(found.clashes) });
  },

  /** @param {Api.OwnHomework} found */
  leave(found) {
    this.done = true;
    uploads.forget(this.form.attached);
    wx.redirectTo({ url: `/homework/own/index?id=${encodeURIComponent(found.id)}` });
  },

  /** @param {() => Promise<void>} act */
  async acting(act) {
    const { t } = this.data;
    this.setData({ busy: true });
    wx.showLoading({ title: t.common.sending });
    try {
      await act();
      wx.hideLoading();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.hideLoading();
      const back = error.passing ? t.set.noNetwork : fill(t.publish.back, { why: error.message });
      this.setData({ wrong: error.fields, back, open: false });
      wx.pageScrollTo({ scrollTop: 0 });
    } finally {
      this.setData({ busy: false });
    }
  },

  /** @param {string} title */
  say(title) {
    wx.showToast({ title, icon: 'none' });
  },
});
