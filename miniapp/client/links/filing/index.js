/* A teacher files a resource, or works one of theirs over: what it is for, its files, and by which right it is given to
others. Files go up while the rest is written, and what is written stays on this phone until the server has it. */

const filing = require('../lib/filing');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const { attempt } = require('../../lib/acts');
const { Attaching } = require('../../lib/attaching');
const { ApiError, OFFLINE } = require('../../lib/http');
const { fill } = require('../../i18n/index');
const { stand } = require('../lib/resources');

const KEEP_MS = 400; // a pause in typing is a moment to keep what was typed
const MB = 1024 * 1024;
/** @type {Api.ResourceClaim[]} */
const CLAIMS = ['own', 'school', 'licensed', 'open'];

/** @typedef {import('../lib/filing').Form} Form */
/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    limits: { title: filing.TITLE_LIMIT, chapter: filing.CHAPTER_LIMIT, summary: filing.SUMMARY_LIMIT, whence: filing.WHENCE_LIMIT },
    form: /** @type {any} */ ({}),
    files: /** @type {any[]} */ ([]),
    grades: /** @type {{number: number, name: string}[]} */ ([]),
    subjects: /** @type {Api.Subject[]} */ ([]),
    books: /** @type {{id: string, title: string}[]} */ ([]),
    chosen: { grade: '', subject: '', book: '' },
    kinds: /** @type {{id: string, name: string}[]} */ ([]),
    claims: /** @type {{id: string, name: string}[]} */ ([]),
    saysWhence: false,
    limitsHint: '',
    /** What is wrong, by the server's field. */
    wrong: /** @type {Record<string, string>} */ ({}),
    back: '',
    /** What is worked over, and why it came back. */
    of: '',
    asked: '',
    busy: '',
  },

  form: /** @type {Form} */ (/** @type {any} */ (null)),
  files: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),
  offered: /** @type {Api.ResourceForm} */ (/** @type {any} */ (null)),
  keeping: /** @type {any} */ (0),
  touched: false,
  done: false,

  /** @param {{id?: string}} query */
  onLoad(query) {
    this.form = filing.current();
    this.setData({ of: decodeURIComponent(query.id || '') });
    const change = (/** @type {Attached[]} */ attached) => this.change({ attached });
    this.files = new Attaching({
      held: () => this.form.attached,
      change,
      sent: change,
      draw: () => this.draw(),
      tooLarge: (one) => this.tooLarge(one),
      say: (sentence) => this.setData({ 'wrong.file_ids': sentence }),
    });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.filing[this.data.of ? 'rework' : 'title'] });
    this.reload();
  },

  onHide() {
    this.keepNow();
  },

  onUnload() {
    this.files.stop();
    this.keepNow();
  },

  reload() {
    const { resources } = this.data.t;
    return screen.load(this, async () => {
      if (this.data.of) await this.resume();
      await this.offer();
      this.files.sendAll();
      return this.view();
    }, { gone: resources.nowhere, goneHint: resources.nowhereHint });
  },

  /** What is worked over, as it is now; what was written over it stays. */
  async resume() {
    const { form, standing } = await filing.reworked(this.data.of);
    const { reason, words } = stand(standing);
    this.form = form;
    this.setData({ asked: reason || words });
  },

  /** What there is to choose from for the grade and subject; a book of others is chosen no more. */
  async offer() {
    this.offered = (await filing.choices(this.form.grade, this.form.subject)).data;
    if (!this.offered.books.some(({ id }) => id === this.form.book_id)) this.form.book_id = '';
  },

  view() {
    const { form, offered } = this;
    const { filing: t, resources } = this.data.t;
    const grades = offered.grades.map((number) => ({ number, name: fill(resources.grade, { number }) }));
    const books = [{ id: '', title: t.noBook }, ...offered.books];
    return {
      form: { ...form },
      files: form.attached.map((one) => this.files.tile(one)),
      grades,
      subjects: offered.subjects,
      books,
      chosen: {
        grade: (grades.find(({ number }) => number === form.grade) || { name: t.chooseGrade }).name,
        subject: (offered.subjects.find(({ code }) => code === form.subject) || { name: t.chooseSubject }).name,
        book: (books.find(({ id }) => id === form.book_id) || books[0]).title,
      },
      kinds: Object.entries(resources.kinds).map(([id, name]) => ({ id, name: String(name) })),
      claims: CLAIMS.map((id) => ({ id, name: t.claims[id] })),
      saysWhence: filing.SAYS_WHENCE.includes(form.claim),
      limitsHint: fill(t.limits, { mb: offered.file_bytes / MB, film: offered.film_bytes / MB }),
    };
  },

  draw() {
    if (this.offered) this.setData(this.view());
  },

  /** Something was changed: draw it, and keep it at the next pause. @param {Partial<Form>} changes */
  change(changes) {
    this.touched = true;
    Object.assign(this.form, changes);
    const wrong = { ...this.data.wrong };
    Object.keys(changes).forEach((field) => delete wrong[field]);
    this.setData({ wrong, back: '' });
    this.draw();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_MS);
  },

  keepNow() {
    clearTimeout(this.keeping);
    const { of } = this.data;
    if (!this.done && (this.touched || !of) && (this.form.of || '') === of) filing.keep(this.form);
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    const { field, value } = event.currentTarget.dataset;
    this.change({ [field]: value });
  },

  toggleOpen() {
    this.change({ open: !this.form.open });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseGrade(event) {
    return this.moveTo({ grade: this.data.grades[Number(event.detail.value)].number });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseSubject(event) {
    return this.moveTo({ subject: this.data.subjects[Number(event.detail.value)].code });
  },

  /** @param {Partial<Form>} changes */
  async moveTo(changes) {
    this.change(changes);
    try {
      await this.offer();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.offered = { ...this.offered, books: [] }; // without a network it is filed under no book
      this.form.book_id = '';
    }
    this.draw();
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseBook(event) {
    this.change({ book_id: this.data.books[Number(event.detail.value)].id });
  },

  // ------------------------------------------------------------------------------------------------ files

  addPictures() {
    return this.add((room) => uploads.choosePictures(room));
  },

  addFilm() {
    return this.add(() => uploads.chooseFilm());
  },

  addFromChat() {
    return this.add((room) => uploads.chooseFromChat(room));
  },

  /** @param {(room: number) => Promise<Attached[]>} choose */
  async add(choose) {
    const room = filing.FILE_LIMIT - this.form.attached.length;
    if (!room) {
      this.setData({ 'wrong.file_ids': fill(this.data.t.publish.tooMany, { n: filing.FILE_LIMIT }) });
      return;
    }
    const chosen = await choose(room);
    if (!chosen.length) return;
    this.setData({ 'wrong.file_ids': '' });
    this.files.add(chosen.map((one) => ({ ...one, to: filing.FILES, of: this.data.of })));
  },

  /** @param {Attached} one */
  tooLarge({ name, size }) {
    const { file_bytes: most, film_bytes: film, film_endings: endings } = this.offered;
    const limit = endings.some((ending) => name.toLowerCase().endsWith(ending)) ? film : most;
    return size > limit ? fill(this.data.t.filing.tooLarge, { name, mb: limit / MB }) : '';
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.files.drop(event.currentTarget.dataset.key);
  },

  // ------------------------------------------------------------------------------------------ off it goes

  async send() {
    const wrong = filing.problemsOf(this.form);
    if (Object.keys(wrong).length) this.refuse(wrong);
    else await attempt(this, 'send', () => this.sendNow());
  },

  async sendNow() {
    await this.files.sendAll();
    const { attached } = this.form;
    if (!attached.length) return; // what was refused has said why
    if (attached.some(({ id }) => !id)) throw new ApiError(OFFLINE);
    try {
      await filing.file(this.form);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.data.of && error.status === 409) await this.lookAgain();
      if (!Object.keys(error.fields).length) throw error;
      this.refuse(error.fields);
      return;
    }
    this.done = true;
    clearTimeout(this.keeping);
    filing.clear(this.form.of);
    uploads.forget(attached);
    wx.redirectTo({ url: '/links/filed/index' });
    wx.showToast({ title: this.data.t.filing.filed, icon: 'none' });
  },

  /** Somebody decided about it meanwhile: the next try is over what it is now. */
  async lookAgain() {
    this.keepNow();
    await this.resume();
    this.draw();
  },

  /** @param {Record<string, string>} wrong */
  refuse(wrong) {
    this.setData({ wrong, back: this.data.t.publish.fixFields });
    wx.pageScrollTo({ scrollTop: 0 });
  },
});
