/* One homework of mine: what it says, how far it got, the class list for marking; changing, repeating, withdrawing it. */

const api = require('../../lib/api');
const days = require('../lib/days');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { givenRows } = require('../../lib/given-links');
const { ofHomework } = require('../lib/pictures');
const { colourOf } = require('../lib/rows');

/** @typedef {'waiting' | 'returned' | 'marked' | 'missing'} Pile */
/** @type {Pile[]} */
const PILES = ['waiting', 'returned', 'marked', 'missing'];

/** @param {Api.PileRow} row @returns {Pile} */
function pileOf({ state }) {
  if (state === null) return 'missing';
  return state === 'handed_in' ? 'waiting' : state;
}

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    found: /** @type {any} */ ({}),
    colour: '',
    facts: '',
    status: '',
    hint: '',
    files: /** @type {any[]} */ ([]),
    given: /** @type {{key: string, says: string}[]} */ ([]),
    classes: /** @type {{id: string, name: string}[]} */ ([]),
    cls: '',
    piles: /** @type {any[]} */ ([]),
    only: '',
    rows: /** @type {any[]} */ ([]),
    waiting: 0,
    overruns: /** @type {any[]} */ ([]),
    refreshing: false,
    busy: false,
  },

  id: '',
  found: /** @type {Api.OwnHomework} */ (/** @type {any} */ (null)),
  pile: /** @type {Api.Pile | null} */ (null),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
    this.stop = queue.listen(({ about, state }) => {
      if (about.startsWith(`mark:${this.id}:`) && state !== 'waiting') this.reload();
    });
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.own.title });
    this.reload();
  },

  onUnload() {
    this.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const [{ data: options }, { data, offline }] = await Promise.all([homework.getOptions(), homework.getOwn(this.id)]);
      this.found = data;
      const classes = data.class_ids.map((id) => options.classes.find((one) => one.id === id) || { id, name: '' }).map(({ id, name }) => ({ id, name }));
      const cls = this.data.cls || classes[0].id;
      const isOut = data.state === 'published';
      this.pile = data.state !== 'unpublished' && data.hand_in !== 'nothing' ? (await homework.getPile(this.id, cls)).data : null;
      const asked = data.state === 'unpublished' ? (await homework.getOwnOverruns(this.id)).data.overruns : [];
      const given = data.links.length && isOut ? await givenRows(() => homework.getGivenLinks(this.id), this.data.t.given.set) : [];
      return { classes, cls, given, ...this.view(), ...this.pileView(), overruns: asked.map((one) => this.overrunRow(one, classes)), offline };
    });
  },

  view() {
    const { t } = this.data;
    const { found } = this;
    const isLater = new Date(found.publish_at) > new Date();
    const status = { unpublished: t.own.unpublished, withdrawn: t.own.withdrawn, published: isLater ? fill(t.teach.scheduled, { when: moment(found.publish_at) }) : '' };
    return {
      found,
      colour: colourOf(found.subject.code),
      facts: [fill(t.task.day, { day: days.full(found.day) }), fill(t.evening.about, { n: found.minutes }), t.handIn[found.hand_in], found.due_at ? fill(t.evening.due, { when: moment(found.due_at) }) : ''].filter(Boolean).join(' · '),
      status: status[found.state],
      hint: found.state === 'unpublished' ? t.own.unpublishedHint : '',
      files: ofHomework(found.attachments, found.id),
    };
  },

  pileView() {
    const { pile } = this;
    const { t, only } = this.data;
    if (!pile || (this.found.state === 'withdrawn' && !pile.handed_in)) return { piles: [], rows: [], waiting: 0 };
    const rows = pile.items.map((row) => ({ ...row, pile: pileOf(row), queued: queue.has(`mark:${this.id}:${row.child_id}`) }));
    return {
      waiting: pile.waiting,
      piles: PILES.map((name) => ({ name, word: t.pile[name], count: rows.filter((row) => row.pile === name).length })),
      rows: rows.filter((row) => !only || row.pile === only).map((row) => ({
        ...row,
        label: row.queued ? t.state.sending : row.stamp && row.pile === 'marked' ? t.stamp[row.stamp] : t.pile[row.pile],
        tone: { waiting: 'todo', returned: 'soft', marked: 'done', missing: 'soft' }[row.pile],
        facts: row.handed_in_at ? [moment(row.handed_in_at), row.late ? t.pile.late : '', row.pictures ? fill(t.notices.pictures, { n: row.pictures }) : '', row.versions > 1 ? fill(t.work.number, { n: row.versions }) : ''].filter(Boolean).join(' · ') : '',
      })),
    };
  },

  /** What became of asking for more minutes. @param {Api.OwnOverrun} one @param {{id: string, name: string}[]} classes */
  overrunRow(one, classes) {
    const t = this.data.t.own;
    const cls = classes.find(({ id }) => id === one.class_id);
    const says = { waiting: one.over ? t.askedOver : t.asked, allowed: t.allowed, refused: t.refused };
    const tones = { waiting: 'soft', allowed: 'done', refused: 'todo' };
    return { id: one.class_id, name: cls ? cls.name : '', says: says[one.state], tone: tones[one.state], reason: one.reason ? `${one.decided_by}：${one.reason}` : '' };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async chooseClass(event) {
    this.setData({ cls: event.currentTarget.dataset.id, only: '' });
    await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choosePile(event) {
    const { pile } = event.currentTarget.dataset;
    this.setData({ only: this.data.only === pile ? '' : pile });
    this.setData(this.pileView());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openWork(event) {
    const { child, pile } = event.currentTarget.dataset;
    if (pile !== 'missing') this.mark(child);
  },

  /** The first that nobody has looked at. */
  markNext() {
    const next = this.pile && this.pile.items.find((row) => pileOf(row) === 'waiting' && !queue.has(`mark:${this.id}:${row.child_id}`));
    if (next) this.mark(next.child_id);
  },

  /** @param {string} child */
  mark(child) {
    const { cls } = this.data;
    wx.navigateTo({ url: `/homework/mark/index?id=${encodeURIComponent(this.id)}&cls=${encodeURIComponent(cls)}&child=${encodeURIComponent(child)}` });
  },

  async openMore() {
    const { t } = this.data;
    const { state } = this.found;
    /** @type {[string, () => any][]} */
    const acts = [[t.own.again, () => this.go(`/homework/set/index?repeats=${encodeURIComponent(this.id)}`)]];
    if (state !== 'withdrawn') acts.unshift([t.own.change, () => this.change()]);
    if (this.data.waiting > 1) acts.push([t.pile.seeAll, () => this.seeAll()]);
    if (state === 'published') acts.push([t.own.withdraw, () => this.withdraw()]);
    wx.showActionSheet({ itemList: acts.map(([name]) => name), success: ({ tapIndex }) => acts[tapIndex][1](), fail: () => {} });
  },

  change() {
    this.go(`/homework/set/index?id=${encodeURIComponent(this.id)}`);
  },

  /** @param {string} url */
  go(url) {
    wx.navigateTo({ url });
  },

  async seeAll() {
    const { t, cls, waiting } = this.data;
    const { confirm } = await wx.showModal({ title: t.pile.seeAll, content: fill(t.pile.seeAllAsk, { n: waiting }) });
    if (confirm) await this.acting(() => homework.seeAll(this.id, cls, api.newKey()));
  },

  async withdraw() {
    const { t } = this.data;
    const { confirm } = await wx.showModal({ title: t.own.withdraw, content: t.own.withdrawAsk });
    if (confirm) await this.acting(() => homework.withdraw(this.id, api.newKey()));
  },

  /** @param {() => Promise<any>} act */
  async acting(act) {
    const { t, busy } = this.data;
    if (busy) return;
    this.setData({ busy: true });
    try {
      await act();
      await this.reload();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.showToast({ title: error.passing ? t.receipts.noNetwork : error.message, icon: 'none' });
    } finally {
      this.setData({ busy: false });
    }
  },
});
