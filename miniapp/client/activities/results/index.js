/* An activity of my own while it fills: numbers, places, who answered what. It is asked anew every few seconds. */

const activities = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const teaching = require('../../lib/teaching');
const { ask, attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { fetchFresh } = require('../../lib/files');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { openFile } = require('../lib/files');
const { barRows, lineRow } = require('../lib/results');

const LIVE_MS = 3000;
const DAY = 24 * 60 * 60 * 1000;

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    title: '',
    about: '',
    open: false,
    stands: false,
    staff: false,
    figures: /** @type {any[]} */ ([]),
    bars: /** @type {ReturnType<typeof barRows>} */ ([]),
    tabs: /** @type {{id: string, says: string}[]} */ ([]),
    tab: 'all',
    lines: /** @type {ReturnType<typeof lineRow>[]} */ ([]),
    refreshing: false,
    busy: '',
  },

  id: '',
  own: /** @type {Api.OwnActivity | null} */ (null),
  timer: /** @type {any} */ (0),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.results.title });
  },

  onShow() {
    this.reload();
    this.goOn();
  },

  onHide() {
    this.stop();
  },

  onUnload() {
    this.stop();
  },

  stop() {
    clearTimeout(this.timer);
    this.timer = 0;
  },

  goOn() {
    clearTimeout(this.timer);
    this.timer = setTimeout(async () => {
      await this.look();
      if (this.timer) this.goOn();
    }, LIVE_MS);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await activities.getResults(this.id);
      this.own = data;
      return { ...this.view(), offline };
    }, this.data.t.activity);
  },

  /** Quietly: what could not be asked this time is asked the next. */
  async look() {
    if (this.data.phase !== 'ready' || !this.data.open) return;
    try {
      const { data } = await activities.getResults(this.id);
      if (JSON.stringify(data) === JSON.stringify(this.own)) return;
      this.own = data;
      this.setData(this.view());
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  },

  view() {
    const own = /** @type {Api.OwnActivity} */ (this.own);
    const { activity, lines } = own;
    const { t, tab } = this.data;
    const missing = lines.filter(({ came }) => came === 'missing' || came === 'withdrawn');
    const figures = [
      { name: 'answered', n: own.answered, says: t.results.tabs.answered },
      { name: 'waiting', n: own.waiting, says: t.results.tabs.waiting },
      { name: 'missing', n: missing.length, says: t.results.tabs.missing },
    ].filter(({ name, n }) => n || name === 'answered');
    const shown = lines.filter((line) => tab === 'all' || line.came === tab || (tab === 'missing' && line.came === 'withdrawn'));
    return {
      title: activity.title,
      about: [t.activity.kinds[activity.kind], activity.state === 'withdrawn' ? t.activity.withdrawn : fill(t.activity.until, { when: moment(activity.closes_at) })].join(' · '),
      open: activity.open,
      stands: activity.state === 'published',
      staff: activity.staff,
      figures,
      bars: barRows(own),
      tabs: [{ id: 'all', says: t.results.tabs.all }, ...figures.map(({ name, says }) => ({ id: name, says }))],
      lines: shown.map((line) => lineRow(own, line)),
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseTab(event) {
    this.setData({ tab: event.currentTarget.dataset.id });
    this.setData(this.view());
  },

  /** @param {WechatMiniprogram.CustomEvent<{file: Api.Attachment}>} event */
  openFile(event) {
    return openFile(event.detail.file, { activity: this.id, child: event.currentTarget.dataset.id });
  },

  async openSheet() {
    const { t } = this.data;
    try {
      const filePath = await fetchFresh(activities.sheet(this.id));
      wx.openDocument({ filePath, fileType: 'xlsx', showMenu: true, fail: () => say(t.receipts.sheetFailed) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      say(t.receipts.sheetFailed);
    }
  },

  change() {
    wx.navigateTo({ url: `/activities/change/index?id=${encodeURIComponent(this.id)}` });
  },

  async moreTime() {
    const { activity } = /** @type {Api.OwnActivity} */ (this.own);
    const until = new Date(Math.max(Date.now(), new Date(activity.closes_at).getTime()) + DAY).toISOString();
    const done = await attempt(this, 'more', (key) => activities.setDeadline(this.id, until, key));
    if (done) say(this.data.t.results.moreDone);
    await this.reload();
  },

  async close() {
    const { results: t } = this.data.t;
    if (!(await ask({ title: t.close, content: t.closeAsk, yes: t.close, danger: true }))) return;
    await attempt(this, 'close', (key) => activities.setDeadline(this.id, '', key));
    await this.reload();
  },

  async remind() {
    const { results: t } = this.data.t;
    const done = await attempt(this, 'remind', async (key) => {
      const { data: next } = await teaching.getNextReminder(this.id);
      return next.number === null ? null : teaching.remind(this.id, next.number, key);
    });
    if (done && !done.done) say(t.remindedEnough);
    if (done && done.done) say(done.done.later ? fill(t.remindLater, { when: moment(done.done.due_at) }) : t.reminded);
  },

  async withdraw() {
    const { results: t } = this.data.t;
    if (!(await ask({ title: t.withdraw, content: t.withdrawAsk, yes: t.withdraw, danger: true }))) return;
    const done = await attempt(this, 'withdraw', (key) => activities.withdraw(this.id, key));
    if (done) say(t.withdrawn);
    await this.reload();
  },
});
