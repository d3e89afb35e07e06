/* One resource: what it is for, its files, and what whoever has used it thinks of it. */

const filing = require('../lib/filing');
const screen = require('../../lib/screen');
const { ask, attempt, say } = require('../../lib/acts');
const { size } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { show } = require('../../lib/showing');
const { fill } = require('../../i18n/index');
const { STARS, dayName, decide, fetch, get, length, line, rate, reviewed, saidLines, stand, tellLesson } = require('../lib/resources');

/** @param {Api.ResourceFile} file */
function fileRow(file) {
  return { ...file, facts: [size(file.size_bytes), length(file)].filter(Boolean).join(' · ') };
}

Page({
  data: {
    ...screen.data(),
    row: /** @type {ReturnType<typeof line> | null} */ (null),
    summary: '',
    files: /** @type {ReturnType<typeof fileRow>[]} */ ([]),
    mine: false,
    own: /** @type {ReturnType<typeof stand> | null} */ (null),
    used: false,
    stars: 0,
    choices: /** @type {{count: number, name: string}[]} */ ([]),
    lessons: /** @type {Api.ResourceLessons | null} */ (null),
    said: /** @type {ReturnType<typeof saidLines>} */ ([]),
    lesson: { cls: '', className: '', day: '', dayName: '', isSaid: false },
    review: /** @type {ReturnType<typeof reviewed> | null} */ (null),
    reason: '',
    reasonProblem: '',
    busy: '',
  },

  id: '',

  /** @param {{id?: string}} query */
  onLoad(query) {
    this.id = decodeURIComponent(query.id || '');
  },

  ...screen.reloading((t) => t.resources.title),

  reload() {
    const { resources } = this.data.t;
    return screen.load(this, async () => {
      const { data, offline } = await get(this.id);
      return { ...this.shown(data), offline };
    }, { gone: resources.nowhere, goneHint: resources.nowhereHint });
  },

  /** @param {Api.OneResource} found */
  shown(found) {
    const { resources } = this.data.t;
    return {
      row: line(found),
      summary: found.summary,
      files: found.files.map(fileRow),
      mine: found.mine,
      own: found.standing && stand(found.standing),
      review: found.review && reviewed(found.review),
      used: found.used,
      stars: found.stars,
      choices: STARS.map((count) => ({ count, name: fill(resources.star, { count }) })),
      ...this.lessonsShown(found.lessons),
    };
  },

  /** The lesson that a tap would mean: what was chosen, else one's own class today. @param {Api.ResourceLessons | null} lessons */
  lessonsShown(lessons) {
    if (!lessons) return { lessons, said: [] };
    const { cls, day } = this.data.lesson;
    const [first] = lessons.classes;
    const chosen = lessons.classes.find(({ id }) => id === cls) || first || { id: '', name: '' };
    const when = day || lessons.today;
    const isSaid = lessons.said.some((one) => one.class_id === chosen.id && one.day === when);
    return { lessons, said: saidLines(lessons), lesson: { cls: chosen.id, className: chosen.name, day: when, dayName: dayName(when, lessons.today), isSaid } };
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseClass(event) {
    const { lessons } = this.data;
    if (!lessons) return;
    this.setData({ 'lesson.cls': lessons.classes[Number(event.detail.value)].id });
    this.setData(this.lessonsShown(lessons));
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseDay(event) {
    this.setData({ 'lesson.day': String(event.detail.value) });
    this.setData(this.lessonsShown(this.data.lessons));
  },

  usedIt() {
    const { cls, day, isSaid } = this.data.lesson;
    return isSaid ? null : this.tell(cls, day, true);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  takeBack(event) {
    const { class_id: cls, day } = this.data.said[event.currentTarget.dataset.index];
    return this.tell(cls, day, false);
  },

  /** @param {string} cls @param {string} day @param {boolean} used */
  tell(cls, day, used) {
    return attempt(this, 'lesson', async () => {
      this.setData(this.shown(await tellLesson(this.id, cls, day, used)));
      wx.showToast({ title: used ? this.data.t.resources.saidNow : this.data.t.resources.takenBack, icon: 'none' });
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async open(event) {
    const file = this.data.files[event.currentTarget.dataset.index];
    const t = this.data.t.notice;
    wx.showLoading({ title: t.opening });
    try {
      const path = await fetch(this.id, file.file_id);
      wx.hideLoading();
      show(file, path, () => say(t.fileFailed));
      await this.reload();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.hideLoading();
      wx.showToast({ title: t.fileFailed, icon: 'none' });
    }
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ reason: event.detail.value, reasonProblem: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openTwin(event) {
    wx.navigateTo({ url: `/links/resource/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  /** What was typed stays until the decision is made. @param {WechatMiniprogram.TouchEvent} event */
  async decide(event) {
    const verdict = /** @type {'allow' | 'allow_up' | 'return'} */ (event.currentTarget.dataset.verdict);
    const { review, t: { resources: t } } = this.data;
    if (!review || this.data.busy) return;
    const reason = verdict === 'return' ? this.data.reason.trim() : '';
    if (verdict === 'return' && !reason) {
      this.setData({ reasonProblem: t.reasonMissing });
      return;
    }
    const made = await attempt(this, `${verdict}:${reason}`, async (key) => {
      await decide(this.id, { verdict, reason, seen: review.revision }, key);
      say(verdict === 'return' ? t.sentBack : t.allowed);
    });
    if (made) this.setData({ reason: '' });
    await this.reload(); // also where somebody else decided about it meanwhile
  },

  rework() {
    wx.navigateTo({ url: `/links/filing/index?id=${encodeURIComponent(this.id)}` });
  },

  async withdraw() {
    const { resources: t } = this.data.t;
    const { own } = this.data;
    if (!own || !await ask({ title: t.withdrawAsk, content: t.withdrawHint, yes: t.withdraw, danger: true })) return;
    await attempt(this, 'withdraw', async () => {
      await filing.withdraw(this.id, own.revision);
      filing.clear(this.id);
      say(t.stands.withdrawn);
    });
    await this.reload(); // also where somebody decided about it meanwhile
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  rate(event) {
    const { count } = event.currentTarget.dataset;
    return attempt(this, 'rate', async () => {
      this.setData(this.shown(await rate(this.id, count)));
      wx.showToast({ title: this.data.t.resources.thanks, icon: 'none' });
    });
  },
});
