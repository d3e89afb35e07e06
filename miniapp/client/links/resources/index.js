/* What stands in the libraries of a teacher's school and the places above it, by grade, subject and kind. */

const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { line, list } = require('../lib/resources');

Page({
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof line>[]} */ ([]),
    subjects: /** @type {Api.Subject[]} */ ([]),
    grades: /** @type {{number: number, name: string}[]} */ ([]),
    kinds: /** @type {{id: string, name: string}[]} */ ([]),
    chapters: /** @type {{value: string, name: string}[]} */ ([]),
    wanted: { subject: '', grade: 0, kind: '', chapter: '' },
    chosen: { subject: '', grade: '', kind: '', chapter: '' },
    mayFile: false,
    waiting: /** @type {number | null} */ (null),
    cursor: /** @type {string | null} */ (null),
    more: /** @type {'' | 'loading' | 'failed'} */ (''),
  },

  /** The answer to an older question is thrown away. */
  asked: 0,

  ...screen.reloading((t) => t.resources.title),

  reload() {
    const { resources } = this.data.t;
    const mine = ++this.asked;
    return screen.load(this, async () => {
      const { data, offline } = await list(this.data.wanted);
      if (mine !== this.asked) return {};
      const { subject, grade, kind, chapter } = this.data.wanted;
      const subjects = [{ code: '', name: resources.allSubjects }, ...data.subjects];
      const grades = [{ number: 0, name: resources.allGrades }, ...data.grades.map((number) => ({ number, name: fill(resources.grade, { number }) }))];
      const kinds = [{ id: '', name: resources.allKinds }, ...Object.entries(resources.kinds).map(([id, name]) => ({ id, name: String(name) }))];
      const chapters = [{ value: '', name: resources.allChapters }, ...data.chapters.map((value) => ({ value, name: value }))];
      const chosen = {
        subject: (subjects.find(({ code }) => code === subject) || subjects[0]).name,
        grade: (grades.find(({ number }) => number === grade) || grades[0]).name,
        kind: (kinds.find(({ id }) => id === kind) || kinds[0]).name,
        chapter: chapter || resources.allChapters,
      };
      return { rows: data.items.map(line), cursor: data.next_cursor, more: '', mayFile: data.files, waiting: data.waiting, subjects, grades, kinds, chapters, chosen, offline };
    }, { gone: resources.nowhere, goneHint: resources.nowhereHint });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseSubject(event) {
    return this.want({ subject: this.data.subjects[Number(event.detail.value)].code, chapter: '' });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseGrade(event) {
    return this.want({ grade: this.data.grades[Number(event.detail.value)].number, chapter: '' });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseKind(event) {
    return this.want({ kind: this.data.kinds[Number(event.detail.value)].id });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseChapter(event) {
    return this.want({ chapter: this.data.chapters[Number(event.detail.value)].value });
  },

  /** @param {Partial<{subject: string, grade: number, kind: string, chapter: string}>} change */
  want(change) {
    this.setData({ wanted: { ...this.data.wanted, ...change } });
    return this.reload();
  },

  onReachBottom() {
    this.loadMore();
  },

  async loadMore() {
    const { cursor, more, wanted } = this.data;
    if (!cursor || more === 'loading') return;
    const mine = this.asked;
    this.setData({ more: 'loading' });
    try {
      const { data } = await list({ ...wanted, cursor });
      if (mine === this.asked) this.setData({ rows: [...this.data.rows, ...data.items.map(line)], cursor: data.next_cursor, more: '' });
    } catch {
      if (mine === this.asked) this.setData({ more: 'failed' });
    }
  },

  file() {
    wx.navigateTo({ url: '/links/filing/index' });
  },

  openWaiting() {
    wx.navigateTo({ url: '/links/waiting/index' });
  },

  openOwn() {
    wx.navigateTo({ url: '/links/filed/index' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    wx.navigateTo({ url: `/links/resource/index?id=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },
});
