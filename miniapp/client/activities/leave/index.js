/* Leave of my children: what became of it, and asking for some. */

const activities = require('../lib/api');
const api = require('../../lib/api');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const { ask, attempt, say } = require('../../lib/acts');
const { openFile } = require('../lib/files');
const { dayName, leaveRow } = require('../lib/rows');

const DAY = 24 * 60 * 60 * 1000;
const BACK_DAYS = 7; // what the server takes
const SCHOOL_OVER = 17; // domain/leaves.py
const WEEKEND = [6, 0];
const MOST_FILES = 3;

/** @typedef {import('../../lib/uploads').Attached} Attached */

/** A day as the server writes it. @param {number} ahead */
function dayOf(ahead) {
  const day = new Date(Date.now() + ahead * DAY);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** The day it begins with, as domain/leaves.py has it: today while school is on, else the next day of the week with school. */
function usualDay() {
  const now = new Date();
  let ahead = now.getHours() < SCHOOL_OVER ? 0 : 1;
  while (WEEKEND.includes((now.getDay() + ahead) % 7)) ahead += 1;
  return dayOf(ahead);
}

/** @returns {Api.LeaveIn} */
const fresh = () => ({ kind: 'sick', first: usualDay(), first_half: 'am', last: usualDay(), last_half: 'pm', reason: '', file_ids: [] });

Page({
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof leaveRow>[]} */ ([]),
    children: /** @type {{id: string, name: string}[]} */ ([]),
    child: '',
    asking: false,
    form: fresh(),
    ends: /** @type {any[]} */ ([]),
    kinds: /** @type {const} */ (['sick', 'personal', 'other']),
    halves: /** @type {const} */ (['am', 'pm']),
    attached: /** @type {Attached[]} */ ([]),
    earliest: dayOf(-BACK_DAYS),
    wrong: /** @type {Record<string, string>} */ ({}),
    busy: '',
  },

  keys: /** @type {Record<string, string>} */ ({}),

  onLoad() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.leave.title });
  },

  onShow() {
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const [{ data: home }, { data, offline }] = await Promise.all([api.getHome(), activities.getLeaves()]);
      const children = home.children.filter(({ custody }) => custody === 'full').map(({ id, name }) => ({ id, name }));
      const { child } = this.data;
      const chosen = children.some(({ id }) => id === child) ? child : children.length ? children[0].id : '';
      return { rows: data.items.map(leaveRow), children, child: chosen, offline };
    });
  },

  start() {
    this.setData({ asking: true, form: fresh(), attached: [], wrong: {} });
    this.draw();
  },

  draw() {
    const { form, t } = this.data;
    this.setData({
      ends: [
        { name: 'first', label: t.leave.first, day: form.first, dayName: dayName(form.first), half: form.first_half },
        { name: 'last', label: t.leave.last, day: form.last, dayName: dayName(form.last), half: form.last_half },
      ],
    });
  },

  /** @param {Partial<Api.LeaveIn>} changes */
  change(changes) {
    const form = { ...this.data.form, ...changes };
    if (form.last < form.first) form.last = form.first;
    delete this.keys.ask; // another request is another act
    this.setData({ form, wrong: {} });
    this.draw();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseChild(event) {
    this.setData({ child: event.currentTarget.dataset.id });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseKind(event) {
    this.change({ kind: event.currentTarget.dataset.kind });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  pickDay(event) {
    this.change({ [event.currentTarget.dataset.name]: String(event.detail.value) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseHalf(event) {
    const { name, half } = event.currentTarget.dataset;
    this.change({ [`${name}_half`]: half });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    delete this.keys.ask;
    this.setData({ 'form.reason': event.detail.value, 'wrong.reason': '' });
  },

  async addPictures() {
    const room = MOST_FILES - this.data.attached.length;
    if (room < 1) return;
    const chosen = await uploads.choosePictures(room);
    this.setData({ attached: [...this.data.attached, ...chosen.map((one) => ({ ...one, child: this.data.child }))] });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    const { key } = event.currentTarget.dataset;
    uploads.forget(this.data.attached.filter((one) => one.key === key));
    this.setData({ attached: this.data.attached.filter((one) => one.key !== key) });
  },

  /** @param {WechatMiniprogram.CustomEvent<{file: Api.Attachment}>} event */
  openFile(event) {
    return openFile(event.detail.file, { leave: event.currentTarget.dataset.id });
  },

  async send() {
    const { form, child, t } = this.data;
    if (!form.reason.trim()) {
      this.setData({ 'wrong.reason': t.leave.noReason });
      return;
    }
    const done = await attempt(this, 'ask', async (key) => {
      const file_ids = await Promise.all(this.data.attached.map((one) => uploads.send({ ...one, child })));
      return activities.askLeave(child, { ...form, reason: form.reason.trim(), file_ids }, key);
    });
    if (!done) return;
    uploads.forget(this.data.attached);
    this.setData({ asking: false, attached: [] });
    say(t.leave.sent);
    await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async withdraw(event) {
    const { id } = event.currentTarget.dataset;
    const { t } = this.data;
    if (!(await ask({ title: t.leave.back, content: t.leave.backAsk, yes: t.leave.backYes }))) return;
    await attempt(this, `back:${id}`, (key) => activities.withdrawLeave(id, key));
    await this.reload();
  },
});
