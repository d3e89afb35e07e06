/* Publishing an activity on a phone: what it is, whom it asks, its questions, until when. */

const activities = require('../lib/api');
const forms = require('../lib/form');
const screen = require('../../lib/screen');
const { attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');

/** @typedef {import('../lib/form').Form} Form */

Page({
  data: {
    ...screen.data(),
    form: /** @type {any} */ ({}),
    kinds: /** @type {Api.ActivityKind[]} */ (['sign_up', 'poll', 'form', 'booking', 'theme']),
    questionKinds: /** @type {Api.QuestionKind[]} */ ([]),
    mayStaff: false,
    classes: /** @type {any[]} */ ([]),
    questions: /** @type {any[]} */ ([]),
    seated: false,
    slots: { from: '18:00', to: '20:00' },
    wrong: /** @type {Record<string, string>} */ ({}),
    busy: '',
  },

  form: /** @type {Form} */ (/** @type {any} */ (null)),
  all: /** @type {{id: string, name: string}[]} */ ([]),
  keys: /** @type {Record<string, string>} */ ({}),

  onLoad() {
    this.form = forms.fresh();
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.asking.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data } = await activities.getOptions();
      this.all = data.classes;
      if (this.all.length === 1) this.form.class_ids = [this.all[0].id];
      return { ...this.view(), mayStaff: data.staff };
    });
  },

  view() {
    const { form } = this;
    const { t, wrong } = this.data;
    const chooses = form.kind === 'poll';
    return {
      form: { ...form, questions: [] },
      classes: this.all.map(({ id, name }) => ({ id, name, on: !form.staff && form.class_ids.includes(id) })),
      seated: form.questions.some(forms.isSeated),
      questionKinds: /** @type {Api.QuestionKind[]} */ (chooses ? forms.CHOOSES : Object.keys(t.asking.addKinds)),
      questions: form.questions.map((one, index) => ({
        ...one,
        head: `${fill(t.asking.question, { n: index + 1 })} · ${t.asking.addKinds[one.kind]}`,
        chooses: one.options.length > 0 && one.options.length < forms.MOST_OPTIONS,
        slots: form.kind === 'booking' && one.kind === 'choice',
        wrong: wrong[one.key] || '',
        options: one.options.map((option, n) => ({ ...option, hint: fill(t.asking.option, { n: n + 1 }) })),
      })),
    };
  },

  /** Something was changed: draw it. Another form is another act. @param {Partial<Form>} changes */
  change(changes) {
    Object.assign(this.form, changes);
    delete this.keys.publish;
    if (Object.keys(this.data.wrong).length) this.setData({ wrong: forms.problemsOf(this.form) });
    this.setData(this.view());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseKind(event) {
    const { kind } = event.currentTarget.dataset;
    const kept = this.form.questions.filter((one) => kind !== 'poll' || forms.CHOOSES.includes(one.kind));
    this.change({ kind, questions: kept.length || kind === 'theme' ? kept : [forms.question('choice')] });
  },

  chooseStaff() {
    this.change({ staff: !this.form.staff });
  },

  chooseEvery() {
    const ids = this.all.map(({ id }) => id);
    this.change({ staff: false, class_ids: this.form.class_ids.length === ids.length ? [] : ids });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    const { id } = event.currentTarget.dataset;
    const { class_ids: chosen, staff } = this.form;
    const without = chosen.filter((one) => one !== id);
    this.change({ staff: false, class_ids: !staff && chosen.includes(id) ? without : [...without, id] });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choosePer(event) {
    this.change({ per: event.currentTarget.dataset.per });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  chooseCloses(event) {
    this.change({ closes_at: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  toggle(event) {
    const field = /** @type {'waits' | 'shows_totals'} */ (event.currentTarget.dataset.field);
    this.change({ [field]: !this.form[field] });
  },

  // ---------------------------------------------------------------------------------------- questions

  /** @param {WechatMiniprogram.TouchEvent} event */
  addQuestion(event) {
    this.change({ questions: [...this.form.questions, forms.question(event.currentTarget.dataset.kind)] });
  },

  /** @param {number} at @param {(one: import('../lib/form').Question) => Partial<import('../lib/form').Question>} changed */
  changeQuestion(at, changed) {
    this.change({ questions: this.form.questions.map((one, n) => (n === at ? { ...one, ...changed(one) } : one)) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  removeQuestion(event) {
    this.change({ questions: this.form.questions.filter((_, n) => n !== event.currentTarget.dataset.at) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseRequired(event) {
    this.changeQuestion(event.currentTarget.dataset.at, (one) => ({ required: !one.required || forms.isSeated(one) }));
  },

  /** @param {WechatMiniprogram.Input} event */
  typedQuestion(event) {
    this.changeQuestion(event.currentTarget.dataset.at, () => ({ text: event.detail.value }));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  addOption(event) {
    this.changeQuestion(event.currentTarget.dataset.at, (one) => ({ options: [...one.options, forms.option()] }));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  removeOption(event) {
    const { at, option } = event.currentTarget.dataset;
    this.changeQuestion(at, (one) => ({ options: one.options.filter((_, n) => n !== option) }));
  },

  /** @param {WechatMiniprogram.Input} event */
  typedOption(event) {
    const { at, option } = event.currentTarget.dataset;
    const text = event.detail.value;
    this.changeQuestion(at, (one) => ({ options: one.options.map((held, n) => (n === option ? { ...held, text } : held)) }));
  },

  /** A place is somebody's: such a question must be answered. @param {WechatMiniprogram.Input} event */
  typedSeats(event) {
    const { at, option } = event.currentTarget.dataset;
    const seats = Math.max(0, parseInt(event.detail.value, 10) || 0);
    this.changeQuestion(at, (one) => ({ required: true, options: one.options.map((held, n) => (n === option ? { ...held, seats } : held)) }));
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickSlot(event) {
    this.setData({ [`slots.${event.currentTarget.dataset.end}`]: String(event.detail.value) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  makeSlots(event) {
    const { from, to } = this.data.slots;
    this.changeQuestion(event.currentTarget.dataset.at, () => ({ required: true, options: forms.slotsOf(from, to) }));
  },

  async send() {
    const wrong = forms.problemsOf(this.form);
    this.setData({ wrong });
    this.setData(this.view());
    if (Object.keys(wrong).length) {
      say(this.data.t.asking.fix);
      return;
    }
    const done = await attempt(this, 'publish', (key) => activities.publish(forms.said(this.form), key));
    if (done) wx.redirectTo({ url: `/activities/results/index?id=${encodeURIComponent(done.done.id)}` });
  },
});
