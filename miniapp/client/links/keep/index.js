/* A class's own shelf as who keeps it sees it: also what is over, and what does not open any more. */

const shelf = require('../lib/shelf');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { ask, attempt } = require('../../lib/acts');
const { fill } = require('../../i18n/index');

const TITLE_LIMIT = 30;
const NOTE_LIMIT = 100;
const ORDER_LIMIT = 999;
const ICONS = /** @type {Api.LinkIcon[]} */ (['lesson', 'book', 'exercise', 'reading', 'video', 'art', 'sport', 'family', 'school', 'tool']);

/** @type {Api.LinkIn} */
const FRESH = { title: '', address: '', book_id: '', page: 'student', note: '', icon: 'lesson', subject: '', valid_until: null, order: 0, pinned: false };

/** Of an entry what a form says. @param {Api.OwnLink} entry @returns {Api.LinkIn} */
function said({ title, address, book_id, page, note, icon, subject, valid_until, order, pinned }) {
  return { title, address, book_id, page, note, icon, subject, valid_until, order, pinned };
}

Page({
  ...pulling,
  data: {
    ...screen.data(),
    rows: /** @type {any[]} */ ([]),
    few: false, // children: how often a link was opened is not said
    icons: ICONS,
    titleLimit: TITLE_LIMIT,
    noteLimit: NOTE_LIMIT,
    editing: false,
    code: '', // of what is being changed; none: a new one
    form: FRESH,
    order: '0',
    wrong: /** @type {Record<string, string>} */ ({}),
    busy: '',
  },

  wanted: { classId: '', name: '' },
  entries: /** @type {Api.OwnLink[]} */ ([]),

  /** @param {{class?: string, name?: string}} query */
  onLoad(query) {
    this.wanted = { classId: decodeURIComponent(query.class || ''), name: decodeURIComponent(query.name || '') };
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: fill(this.data.t.links.own, { name: this.wanted.name }) });
    this.reload();
  },

  reload() {
    const { links } = this.data.t;
    return screen.load(this, async () => {
      const { data, offline } = await shelf.getOwn(this.wanted.classId);
      this.entries = data.entries;
      return { rows: data.entries.map((entry) => this.row(entry, data.uses)), few: data.uses === null && data.entries.length > 0, offline };
    }, { gone: links.ownNowhere, goneHint: '' });
  },

  /** @param {Api.OwnLink} entry @param {Api.OwnLinkUse[] | null} uses */
  row(entry, uses) {
    const t = this.data.t.links;
    const today = new Date(Date.now() + 8 * 3600 * 1000).toISOString().slice(0, 10); // a school's day
    const health = { dead: t.broken, moved: t.moved, unknown: '', good: '', shaky: '' }[entry.health];
    const over = entry.valid_until && entry.valid_until < today ? t.over : '';
    return {
      ...entry,
      sign: t.signs[entry.icon],
      where: entry.book_id ? t.book : entry.address,
      trouble: health || over,
      until: entry.valid_until ? fill(t.untilDay, { day: entry.valid_until }) : '',
      opened: this.opened((uses || []).find(({ code }) => code === entry.code)),
    };
  },

  /** How often it was opened, by which kind of people; never by whom. @param {Api.OwnLinkUse | undefined} use */
  opened(use) {
    const t = this.data.t.links;
    if (!use) return '';
    const { families, teachers, others, term } = use;
    const n = families + teachers + others;
    if (!n && !term) return t.openedNever;
    const kinds = /** @type {[string, number][]} */ ([[t.openedFamilies, families], [t.openedTeachers, teachers], [t.openedOthers, others]]);
    const who = kinds.filter(([, some]) => some).map(([says, some]) => fill(says, { n: some })).join(t.openedAnd);
    return [n ? fill(t.openedWeek, { n, who }) : t.openedNotLately, fill(t.openedTerm, { n: term })].join(' · ');
  },

  startAdding() {
    this.setData({ editing: true, code: '', form: FRESH, order: '0', wrong: {} });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  startChanging(event) {
    const entry = this.entryOf(event);
    this.setData({ editing: true, code: entry.code, form: said(entry), order: String(entry.order), wrong: {} });
  },

  stopEditing() {
    this.setData({ editing: false });
  },

  /** @param {WechatMiniprogram.TouchEvent} event @returns {Api.OwnLink} */
  entryOf(event) {
    const { code } = event.currentTarget.dataset;
    return /** @type {Api.OwnLink} */ (this.entries.find((one) => one.code === code));
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    const { field } = event.currentTarget.dataset;
    const wrong = { ...this.data.wrong, [field]: '' };
    if (field === 'order') this.setData({ order: event.detail.value, wrong });
    else this.setData({ form: { ...this.data.form, [field]: event.detail.value }, wrong });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseIcon(event) {
    this.setData({ form: { ...this.data.form, icon: event.currentTarget.dataset.icon } });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseDay(event) {
    this.setData({ form: { ...this.data.form, valid_until: String(event.detail.value) } });
  },

  forgetDay() {
    this.setData({ form: { ...this.data.form, valid_until: null } });
  },

  togglePinned() {
    this.setData({ form: { ...this.data.form, pinned: !this.data.form.pinned } });
  },

  /** Which hosts are allowed the server knows. */
  async save() {
    const { t, form, order, code } = this.data;
    const draft = { ...form, title: form.title.trim(), address: form.address.trim(), note: form.note.trim(), order: Number(order) };
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!draft.title) wrong.title = t.links.nameMissing;
    if (!draft.book_id && !/^https:\/\/\S+$/.test(draft.address)) wrong.address = t.publish.linkWrong;
    if (!/^\d{1,3}$/.test(order) || draft.order > ORDER_LIMIT) wrong.order = t.links.orderWrong;
    this.setData({ wrong });
    if (Object.keys(wrong).length) return;
    const entry = this.entries.find((one) => one.code === code);
    const done = await attempt(this, code || 'put', (key) => (
      entry ? shelf.change(this.wanted.classId, code, { ...draft, version: entry.version }) : shelf.put(this.wanted.classId, draft, key)
    ));
    if (!done) return;
    this.setData({ editing: false });
    await this.reload();
  },

  /** Pinned, or no more. @param {WechatMiniprogram.TouchEvent} event */
  async pin(event) {
    const entry = this.entryOf(event);
    const changed = { ...said(entry), pinned: !entry.pinned, version: entry.version };
    if (await attempt(this, 'pin', () => shelf.change(this.wanted.classId, entry.code, changed))) await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async takeDown(event) {
    const { code, title } = this.entryOf(event);
    const t = this.data.t.links;
    if (!(await ask({ title: t.off, content: fill(t.offAsk, { title }), yes: t.offYes, danger: true }))) return;
    if (await attempt(this, 'off', () => shelf.takeDown(this.wanted.classId, code))) await this.reload();
  },
});
