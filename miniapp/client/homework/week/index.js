/* A child's week for its family: what was set, handed in, corrected, tried again. Nobody is compared with anybody. */

const api = require('../../lib/api');
const days = require('../lib/days');
const homework = require('../lib/api');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');

const WEEK = 7;

/** @typedef {{name: string, value: string, tone?: string, page?: string}} Line */

Page({
  ...screen.reloading((t) => t.week.title),
  data: {
    ...screen.data(),
    child: '',
    children: /** @type {{id: string, name: string}[]} */ ([]),
    range: '',
    after: false, // there is a week after this one
    title: '',
    minutes: '',
    work: /** @type {Line[]} */ ([]),
    book: /** @type {Line[]} */ ([]),
  },

  day: '',

  /** @param {{child?: string, day?: string}} query */
  onLoad({ child = '', day = '' }) {
    this.day = day || days.today();
    this.setData({ child: decodeURIComponent(child) });
  },

  reload() {
    return screen.load(this, async () => {
      const children = await this.findChildren();
      const child = this.data.child || (children[0] ? children[0].id : '');
      const { data, offline } = await homework.getWeek(child, this.day);
      return { child, children, ...this.view(data), offline };
    });
  },

  /** Home has asked already. */
  async findChildren() {
    const kept = /** @type {Api.Home | null} */ (api.remembered(api.paths.home()));
    const { children } = kept || (await api.getHome()).data;
    return children.map(({ id, name }) => ({ id, name }));
  },

  /** @param {Api.Week} week */
  view(week) {
    const { week: t } = this.data.t;
    /** @param {string} name @param {number} n @param {string} unit @returns {Line} */
    const line = (name, n, unit) => ({ name, value: fill(unit, { n }) });
    /** @param {Line[]} lines */
    const counted = (lines) => lines.filter(({ value }) => !/^0\b/.test(value));
    return {
      range: fill(t.range, { from: days.short(week.monday), to: days.short(days.plus(week.monday, WEEK - 1)) }),
      after: days.plus(week.monday, WEEK) <= days.today(),
      title: week.homework ? fill(t.homework, { n: week.homework }) : t.none,
      minutes: week.homework ? fill(t.minutes, { n: week.minutes }) : '',
      work: [
        ...(week.to_hand_in ? [{ name: t.handedIn, value: fill(t.of, { n: week.handed_in, of: week.to_hand_in }), tone: 'strong' }] : []),
        ...counted([line(t.late, week.late, t.pieces), line(t.marked, week.marked, t.pieces), { ...line(t.toCorrect, week.to_correct, t.pieces), tone: 'todo' }]),
      ],
      book: [
        line(t.entered, week.mistakes, t.count),
        ...counted([line(t.tried, week.tried, t.times), line(t.right, week.right, t.times), line(t.learned, week.learned, t.count)]),
        ...counted([{ ...line(t.due, week.due, t.count), tone: 'todo', page: 'mistakes' }]),
      ],
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  turn(event) {
    this.show({ day: days.plus(days.monday(this.day), WEEK * event.currentTarget.dataset.weeks) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseChild(event) {
    this.show({ child: event.currentTarget.dataset.id });
  },

  /** @param {{day?: string, child?: string}} wanted */
  show({ day, child }) {
    this.day = day || this.day;
    this.setData({ child: child || this.data.child, phase: 'loading' });
    return this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { page } = event.currentTarget.dataset;
    if (page) wx.navigateTo({ url: `/homework/${page}/index?child=${encodeURIComponent(this.data.child)}` });
  },
});
