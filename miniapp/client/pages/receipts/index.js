/* How far a notice got: six states, live; child by child, and what can be done about the rest. */

const api = require('../../lib/api');
const screen = require('../../lib/screen');
const teaching = require('../../lib/teaching');
const { fill, words } = require('../../i18n/index');
const { fetchFresh } = require('../../lib/files');
const { givenRows } = require('../../lib/given-links');
const { ApiError, OFFLINE } = require('../../lib/http');
const { moment } = require('../../lib/format');
const { STATES, childRow, reasonText } = require('../../lib/teach-rows');

const QUICK_MS = 2500; // while messages are on their way
const CALM_MS = 15000;

/** @typedef {ReturnType<typeof childRow>} Child */

Page({
  data: {
    ...screen.data(),
    id: '',
    title: '',
    meta: '',
    state: '',
    stateText: { title: '', hint: '' },
    answers: '',
    figures: '',
    reached: 0,
    children: 0,
    states: /** @type {any} */ (null),
    legend: /** @type {{state: string, name: string, count: number}[]} */ ([]),
    given: /** @type {{key: string, says: string}[]} */ ([]),
    sending: '',
    due: '',
    nameless: '',
    classes: /** @type {Api.Receipts['classes']} */ ([]),
    chosenClass: '',
    stuck: /** @type {{text: string, count: string}[]} */ ([]),
    only: /** @type {Api.ReceiptState | ''} */ (''),
    rows: /** @type {Child[]} */ ([]),
    remindWord: '',
    mayRemind: false,
    refreshing: false,
    reminder: /** @type {{title: string, when: string, names: string[], number: number} | null} */ (null),
    asking: false,
    busy: false,
  },

  receipts: /** @type {Api.Receipts | null} */ (null),
  shown: '',
  timer: /** @type {any} */ (0),
  isInFront: false,
  key: '',

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.setData({ id });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.receipts.title });
    const kept = api.remembered(teaching.paths.receipts(id));
    if (kept) this.setData({ ...this.view(kept), phase: 'ready' });
  },

  onShow() {
    this.isInFront = true;
    if (!screen.enter(this)) return;
    this.reload();
    this.askGiven();
  },

  /** What hangs on it is asked for once, not as often as the rest. */
  async askGiven() {
    this.setData({ given: await givenRows(() => teaching.getGivenLinks(this.data.id), this.data.t.given.sent) });
  },

  onHide() {
    this.isInFront = false;
    clearTimeout(this.timer);
  },

  onUnload() {
    this.isInFront = false;
    clearTimeout(this.timer);
  },

  async reload() {
    clearTimeout(this.timer);
    await screen.load(this, async () => {
      const { data, offline } = await teaching.getReceipts(this.data.id, this.data.chosenClass);
      // Nothing new is nothing to draw.
      const text = JSON.stringify(data);
      const changed = text !== this.shown || this.data.phase !== 'ready';
      this.shown = text;
      return { ...(changed ? this.view(data) : {}), offline };
    });
    this.lookAgain();
  },

  /** Live, as long as it is looked at. */
  lookAgain() {
    const { receipts } = this;
    if (!this.isInFront || !receipts || receipts.notice.state === 'withdrawn') return;
    const isMoving = receipts.waiting > 0 || receipts.preparing;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.reload(), isMoving ? QUICK_MS : CALM_MS);
  },

  /** @param {Api.Receipts} receipts */
  view(receipts) {
    this.receipts = receipts;
    const t = words();
    const { notice, states, waiting, guardians } = receipts;
    const isOut = notice.state === 'published' && !receipts.preparing;
    return {
      title: notice.title,
      meta: [notice.classes.join('、'), moment(notice.publish_at)].join(' · '),
      state: isOut ? 'out' : receipts.preparing ? 'preparing' : notice.state,
      stateText: this.stateWords(receipts),
      answers: notice.confirm === 'none' ? '' : fill(notice.confirm === 'sign' ? t.receipts.signed : t.receipts.confirmed, { n: receipts.confirmed, all: receipts.asked }),
      figures: fill(t.receipts.figures, { read: receipts.read, all: guardians }),
      reached: receipts.reached,
      children: receipts.children,
      states,
      legend: STATES.map((state) => ({
        state, count: states[state], name: waiting && state === 'unreachable' ? t.receipts.notYet : t.receipt[state],
      })),
      sending: waiting ? fill(t.receipts.sending, { n: guardians - waiting, all: guardians }) : '',
      due: receipts.reminder_due_at && new Date(receipts.reminder_due_at) > new Date() ? fill(t.receipts.due, { when: moment(receipts.reminder_due_at) }) : '',
      nameless: receipts.nameless.guardians ? fill(t.receipts.nameless, { n: receipts.nameless.guardians, read: receipts.nameless.read }) : '',
      classes: receipts.classes,
      chosenClass: receipts.class_id,
      ...this.listed(receipts, this.data.only),
      ...this.remindWords(receipts),
    };
  },

  /** The children, all or those in one state, and what keeps the others. @param {Api.Receipts} receipts @param {Api.ReceiptState | ''} only */
  listed(receipts, only) {
    const t = words().receipts;
    const shown = receipts.rows.filter(({ state }) => !only || state === only);
    /** @type {Map<string, number>} */
    const reasons = new Map();
    shown.flatMap(({ guardians }) => guardians).forEach(({ reason, waiting }) => {
      if (!reason) return;
      const text = reasonText(reason, waiting);
      reasons.set(text, (reasons.get(text) || 0) + 1);
    });
    return {
      only,
      rows: shown.map((row) => childRow(row, receipts.notice.confirm)),
      stuck: [...reasons].map(([text, n]) => ({ text, count: fill(t.stuck, { n }) })),
    };
  },

  /** @param {Api.Receipts} receipts */
  stateWords({ notice, preparing }) {
    const t = words().receipts;
    if (notice.state === 'scheduled') return { title: fill(t.scheduled, { when: moment(notice.publish_at) }), hint: t.scheduledHint };
    if (notice.state === 'withdrawn') return { title: t.withdrawn, hint: t.withdrawnHint };
    return preparing ? { title: t.preparing, hint: '' } : { title: '', hint: '' };
  },

  /** What the button at the bottom says. @param {Api.Receipts} receipts */
  remindWords({ notice, open, preparing, reminders, most_reminders: most, reminder_due_at: due }) {
    const t = words().receipts;
    if (notice.state !== 'published' || preparing) return { mayRemind: false, remindWord: '' };
    if (!open) return { mayRemind: false, remindWord: t.everybody };
    if (due) return { mayRemind: false, remindWord: fill(t.due, { when: moment(due) }) };
    if (reminders >= most) return { mayRemind: false, remindWord: t.remindedTwice };
    const word = { none: t.remind, tap: t.remindConfirm, sign: t.remindSign }[notice.confirm];
    return { mayRemind: true, remindWord: fill(word, { n: open }) };
  },

  async pulled() {
    this.setData({ refreshing: true });
    await Promise.all([this.reload(), this.askGiven()]);
    this.setData({ refreshing: false });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    this.setData({ chosenClass: event.currentTarget.dataset.id });
    this.reload();
  },

  /** A second tap on a state shows everybody again. @param {WechatMiniprogram.TouchEvent} event */
  chooseState(event) {
    const { state } = event.currentTarget.dataset;
    if (this.receipts) this.setData(this.listed(this.receipts, this.data.only === state ? '' : state));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openLedger(event) {
    const { child, person } = event.currentTarget.dataset;
    const { id } = this.data;
    wx.navigateTo({ url: `/pages/ledger/index?id=${encodeURIComponent(id)}&child=${encodeURIComponent(child)}&person=${encodeURIComponent(person)}` });
  },

  /** Whom it would reach, and when, is said before it is done. */
  askReminder() {
    if (!this.data.mayRemind) return undefined;
    return this.tried(async () => {
      const { data: next, offline } = await teaching.getNextReminder(this.data.id);
      const t = words().receipts;
      if (offline) throw new ApiError(OFFLINE);
      if (next.number === null) throw new ApiError('conflict', t.remindOver);
      const mixed = new Set(next.children.map(({ class_name: cls }) => cls)).size > 1;
      this.key = api.newKey();
      this.setData({
        asking: true,
        reminder: {
          number: next.number,
          title: fill(t.remindTitle, { n: next.guardians }),
          when: next.later_at ? fill(t.remindLater, { when: moment(next.later_at) }) : t.remindNow,
          names: next.children.map(({ name, class_name: cls }) => (mixed ? `${name}（${cls}）` : name)),
        },
      });
    });
  },

  closeReminder() {
    this.setData({ asking: false });
  },

  remind() {
    const { reminder, busy, id } = this.data;
    if (!reminder || busy) return undefined;
    return this.tried(async () => {
      const t = words().receipts;
      const done = await teaching.remind(id, reminder.number, this.key);
      this.setData({ asking: false });
      this.say(done.later ? fill(t.remindedLater, { when: moment(done.due_at) }) : t.remindedNow);
      await this.reload();
    });
  },

  /** What is done more rarely. */
  async openMore() {
    const t = words().receipts;
    const { receipts } = this;
    if (!receipts) return;
    const isGone = receipts.notice.state === 'withdrawn';
    const acts = [
      ...(isGone ? [] : [{ word: t.correct, act: () => this.correct() }]),
      { word: t.sheet, act: () => this.openSheet() },
      ...(isGone ? [] : [{ word: t.withdraw, act: () => this.withdraw() }]),
    ];
    wx.showActionSheet({ itemList: acts.map(({ word }) => word), success: ({ tapIndex }) => acts[tapIndex].act(), fail: () => {} });
  },

  correct() {
    wx.navigateTo({ url: `/pages/publish/index?edit=${encodeURIComponent(this.data.id)}` });
  },

  async openSheet() {
    const t = words();
    wx.showLoading({ title: t.notice.opening });
    try {
      const filePath = await fetchFresh(teaching.sheet(this.data.id));
      wx.hideLoading();
      wx.openDocument({ filePath, fileType: 'xlsx', showMenu: true, fail: () => this.say(t.receipts.sheetFailed) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(t.receipts.sheetFailed);
    }
  },

  async withdraw() {
    const t = words().receipts;
    await this.reload(); // how many have read is what it is decided by
    const read = this.receipts ? this.receipts.read : 0;
    const content = read ? fill(t.withdrawAsk, { n: read }) : t.withdrawNobody;
    const { confirm } = await wx.showModal({ title: t.withdrawTitle, content, confirmText: t.withdrawYes, confirmColor: '#d93a3a' });
    if (!confirm) return;
    await this.tried(async () => {
      await teaching.withdraw(this.data.id);
      this.say(t.withdrawnNow);
      await this.reload();
    });
  },

  /** An act that may fail: once at a time, and what was wrong is said. @param {() => Promise<void>} act */
  async tried(act) {
    const t = words().receipts;
    if (this.data.busy) return;
    this.setData({ busy: true });
    try {
      await act();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.say(error.passing ? t.noNetwork : fill(t.failed, { why: error.message }));
      if (!error.passing) this.setData({ asking: false });
    } finally {
      this.setData({ busy: false });
    }
  },

  /** @param {string} title */
  say(title) {
    wx.showToast({ title, icon: 'none' });
  },
});
