/* A class's practice shelf: links that its families see beside mistakes of the same knowledge point. */

const homework = require('../lib/api');
const screen = require('../../lib/screen');
const { ask, attempt } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { colourOf } = require('../lib/rows');

Page({
  ...screen.reloading((t) => t.practice.title),
  data: {
    ...screen.data(),
    classes: /** @type {Api.ClassToSet[]} */ ([]),
    cls: '',
    subjects: /** @type {Api.Subject[]} */ ([]),
    subject: '',
    rows: /** @type {any[]} */ ([]),
    adding: false,
    point: '',
    title: '',
    address: '',
    wrong: /** @type {Record<string, string>} */ ({}),
    busy: '',
  },

  reload() {
    return screen.load(this, async () => {
      const { data: options } = await homework.getOptions();
      const classes = options.classes.filter(({ subjects }) => subjects.length);
      if (!classes.length) throw new ApiError('not_found', '', {}, 404);
      const chosen = classes.find(({ id }) => id === this.data.cls) || classes[0];
      const { data, offline } = await homework.getShelf(chosen.id);
      const { subjects } = chosen;
      const subject = subjects.some(({ code }) => code === this.data.subject) ? this.data.subject : subjects[0].code;
      return { classes, cls: chosen.id, subjects, subject, rows: data.items.map((one) => ({ ...one, colour: colourOf(one.subject.code) })), offline };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    this.setData({ cls: event.currentTarget.dataset.id, phase: 'loading' });
    this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    this.setData({ subject: event.currentTarget.dataset.code });
  },

  startAdding() {
    this.setData({ adding: true, wrong: {} });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    const { field } = event.currentTarget.dataset;
    this.setData({ [field]: event.detail.value, wrong: { ...this.data.wrong, [field]: '' } });
  },

  /** Which hosts are allowed the server knows. */
  async put() {
    const { t, cls, subject, point, title, address } = this.data;
    const said = { subject, point: point.trim(), title: title.trim(), address: address.trim() };
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!said.point) wrong.point = t.practice.pointMissing;
    if (!said.title) wrong.title = t.practice.titleMissing;
    if (!/^https:\/\/\S+$/.test(said.address)) wrong.address = t.publish.linkWrong;
    this.setData({ wrong });
    if (Object.keys(wrong).length) return;
    const put = await attempt(this, 'put', (key) => homework.putOnShelf(cls, said, key));
    if (!put) return;
    this.setData({ adding: false, title: '', address: '' });
    await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async take(event) {
    const { id, title } = event.currentTarget.dataset;
    const t = this.data.t.practice;
    if (!(await ask({ title: t.off, content: fill(t.offAsk, { title }), yes: t.offYes, danger: true }))) return;
    if (await attempt(this, 'take', () => homework.takeOffShelf(this.data.cls, id))) await this.reload();
  },
});
