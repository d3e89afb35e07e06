/* A teacher offers a list for days without school: class, subject, days, a few words, small steps. */

const acts = require('../../lib/acts');
const drafts = require('../lib/form');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');
const { Attaching } = require('../../lib/attaching');
const { ApiError } = require('../../lib/http');
const { dayName, daysText } = require('../lib/rows');

const KEEP_MS = 400; // a pause in typing is a moment to keep what was typed

/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    busy: '',
    limits: drafts.LIMITS,
    form: /** @type {any} */ ({ steps: [] }),
    classes: /** @type {{id: string, name: string}[]} */ ([]),
    subjects: /** @type {Api.Subject[]} */ ([]),
    breaks: /** @type {{first_on: string, last_on: string, name: string, on: boolean}[]} */ ([]),
    first: '',
    last: '',
    /** What is wrong, by the server's field. */
    wrong: /** @type {Record<string, string>} */ ({}),
  },

  form: /** @type {import('../lib/form').Form} */ (/** @type {any} */ (null)),
  offered: /** @type {Api.TaskOptions} */ (/** @type {any} */ (null)),
  keeping: /** @type {any} */ (0),
  /** What carries the files of each step up, by the step's key. @type {Map<string, InstanceType<typeof Attaching>>} */
  carriers: new Map(),

  /** @param {{cls?: string}} query */
  onLoad({ cls = '' }) {
    this.carriers = new Map();
    this.form = drafts.current();
    if (cls) this.form.class_id = decodeURIComponent(cls);
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.tasks.open });
    this.reload();
  },

  onHide() {
    this.keepNow();
  },

  onUnload() {
    this.carriers.forEach((carrier) => carrier.stop());
    this.keepNow();
  },

  reload() {
    return screen.load(this, async () => {
      this.offered = (await weekend.getOptions()).data;
      this.settle();
      return this.view();
    });
  },

  /** What the server offers fills what is not chosen, or cannot be chosen any more. */
  settle() {
    const { form, offered } = this;
    if (!offered.classes.some(({ id }) => id === form.class_id)) form.class_id = offered.classes[0].id;
    const codes = this.subjects().map(({ code }) => code);
    if (!codes.includes(form.subject)) [form.subject] = codes;
    const [next] = offered.breaks;
    if (next && (!form.first_on || form.last_on < next.first_on)) Object.assign(form, { first_on: next.first_on, last_on: next.last_on });
  },

  /** Those of the class that is chosen; 综合 has no code. */
  subjects() {
    const cls = this.offered.classes.find(({ id }) => id === this.form.class_id);
    if (!cls) return [];
    return [...(cls.general ? [{ code: '', name: this.data.t.tasks.general }] : []), ...cls.subjects];
  },

  view() {
    const { form, offered } = this;
    const { t } = this.data;
    return {
      form: {
        ...form,
        steps: form.steps.map((step, index) => ({
          ...step, name: fill(t.tasks.step, { n: index + 1 }), removeName: fill(t.tasks.removeStep, { n: index + 1 }),
          files: step.attached.map((one) => this.carrier(step.key).tile(one)), full: step.attached.length >= drafts.LIMITS.files,
        })),
      },
      classes: offered.classes.map(({ id, name }) => ({ id, name })),
      subjects: this.subjects(),
      breaks: offered.breaks.map((one) => ({ ...one, name: daysText(one), on: one.first_on === form.first_on && one.last_on === form.last_on })),
      first: form.first_on ? dayName(form.first_on) : '',
      last: form.last_on ? dayName(form.last_on) : '',
    };
  },

  draw() {
    if (this.offered) this.setData(this.view());
  },

  /** @param {Partial<import('../lib/form').Form>} changes */
  change(changes) {
    Object.assign(this.form, changes);
    this.draw();
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_MS);
  },

  keepNow() {
    clearTimeout(this.keeping);
    if (this.form) drafts.keep(this.form);
  },

  /** @param {number | string} at @param {Partial<import('../lib/form').Step>} changes */
  changeStep(at, changes) {
    this.change({ steps: this.form.steps.map((step, index) => (index === at || step.key === at ? { ...step, ...changes } : step)) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    this.form.class_id = event.currentTarget.dataset.id;
    this.settle();
    this.change({});
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    this.change({ subject: event.currentTarget.dataset.code });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseBreak(event) {
    const { first_on, last_on } = this.offered.breaks[event.currentTarget.dataset.index];
    this.change({ first_on, last_on });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickFirst(event) {
    const first = String(event.detail.value);
    this.change({ first_on: first, last_on: this.form.last_on < first ? first : this.form.last_on });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickLast(event) {
    this.change({ last_on: String(event.detail.value) });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  // ---------------------------------------------------------------------------------------------- the steps

  /** @param {WechatMiniprogram.Input} event */
  typedStep(event) {
    const { index, field } = event.currentTarget.dataset;
    this.changeStep(index, { [field]: event.detail.value });
  },

  addStep() {
    this.change({ steps: [...this.form.steps, drafts.freshStep()] });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  removeStep(event) {
    const { index } = event.currentTarget.dataset;
    uploads.forget(this.form.steps[index].attached);
    this.setData({ wrong: {} });
    this.change({ steps: this.form.steps.filter((_, at) => at !== index) });
  },

  /** @param {string} key */
  carrier(key) {
    const found = this.carriers.get(key);
    if (found) return found;
    const held = () => {
      const step = this.form.steps.find((one) => one.key === key);
      return step ? step.attached : [];
    };
    const change = (/** @type {Attached[]} */ attached) => this.changeStep(key, { attached });
    const made = new Attaching({ held, change, sent: change, draw: () => this.draw() });
    this.carriers.set(key, made);
    return made;
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async addFile(event) {
    const { key, attached } = this.form.steps[event.currentTarget.dataset.index];
    const room = drafts.LIMITS.files - attached.length;
    const { t } = this.data;
    const { tapIndex } = await wx.showActionSheet({ itemList: [t.publish.picture, t.publish.file] });
    this.carrier(key).add(tapIndex === 0 ? await uploads.choosePictures(room) : await uploads.chooseDocuments(room));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  removeFile(event) {
    const { key, step } = event.currentTarget.dataset;
    this.carrier(step).drop(key);
  },

  // ------------------------------------------------------------------------------------------ off it goes

  /** What is wrong before the server is asked. */
  problems() {
    const { form } = this;
    const { missing } = this.data.t.tasks;
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!form.title.trim()) wrong.title = missing;
    form.steps.forEach((step, index) => {
      if (!step.words.trim()) wrong[`steps.${index}.words`] = missing;
    });
    return wrong;
  },

  async send() {
    const { t, busy } = this.data;
    const wrong = this.problems();
    this.setData({ wrong });
    if (busy || Object.keys(wrong).length) return;
    const waits = this.form.steps.filter(({ attached }) => attached.some(({ id }) => !id));
    if (waits.length) {
      waits.forEach(({ key }) => this.carrier(key).sendAll());
      acts.say(t.weekend.uploadingStill);
      return;
    }
    this.setData({ busy: 'send' });
    try {
      const made = await weekend.open(drafts.said(this.form), this.form.key);
      this.form.steps.forEach(({ attached }) => uploads.forget(attached));
      // Nothing is left to be kept when the page goes.
      this.form = { ...this.form, title: '', steps: [] };
      drafts.clear();
      acts.say(made.open ? t.tasks.sentNow : t.tasks.sentLater);
      wx.redirectTo({ url: `/weekend/desk/index?id=${encodeURIComponent(made.id)}` });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (Object.keys(error.fields).length) this.setData({ wrong: error.fields });
      await acts.tell(error);
    } finally {
      this.setData({ busy: '' });
    }
  },
});
