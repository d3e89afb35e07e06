/* My children's evenings: what is set, how many minutes that is, and the days around. */

const days = require('../lib/days');
const homework = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { drawing, eveningItem, limitsText } = require('../lib/rows');

const BEFORE = 4; // days that are shown before today
const DAYS = 12;

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    day: '',
    strip: /** @type {any[]} */ ([]),
    evenings: /** @type {any[]} */ ([]),
    many: false,
    refreshing: false,
  },

  rows: /** @type {Api.EveningRow[]} */ ([]),

  /** @param {{day?: string}} query */
  onLoad({ day = '' }) {
    this.setData({ day });
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.evening.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await homework.getEvenings(days.plus(days.today(), -BEFORE), DAYS);
      this.rows = data.evenings;
      return { ...this.view(this.data.day || this.tonight()), offline };
    });
  },

  /** Every evening there is, each once. */
  days() {
    return [...new Set(this.rows.map(({ day }) => day))].sort();
  },

  /** Today's evening; on a weekend that of the last day with school. */
  tonight() {
    const past = this.days().filter((day) => day <= days.today());
    return past.pop() || days.today();
  },

  /** @param {string} day */
  view(day) {
    const { t } = this.data;
    const children = new Set(this.rows.map(({ child_id: id }) => id));
    return {
      day,
      strip: this.strip(day),
      many: children.size > 1,
      evenings: this.rows.filter((row) => row.day === day).map((row) => {
        const load = drawing(row.items, row.limits);
        return {
          id: row.child_id, name: row.child_name, class_name: row.class_name, load,
          limits: load.over ? fill(t.evening.over, { n: load.over }) : limitsText(row.limits),
          over: load.over > 0,
          items: row.items.map(eveningItem),
        };
      }),
    };
  },

  /** The days as columns: how full each evening is. @param {string} chosen */
  strip(chosen) {
    const { t } = this.data;
    const most = Math.max(30, ...this.rows.map((row) => Math.max(row.minutes, row.limits.total || 0)));
    return this.days().map((day) => {
      const minutes = Math.max(...this.rows.filter((row) => row.day === day).map((row) => row.minutes));
      return {
        day, minutes, height: Math.round((minutes / most) * 100), on: day === chosen,
        name: days.name(day), date: Number(day.slice(8)),
        label: `${days.full(day)} ${fill(t.evening.minutes, { n: minutes })}`,
      };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseDay(event) {
    this.setData(this.view(event.currentTarget.dataset.day));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openMistakes(event) {
    wx.navigateTo({ url: `/homework/mistakes/index?child=${encodeURIComponent(event.currentTarget.dataset.child)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openWeek(event) {
    wx.navigateTo({ url: `/homework/week/index?child=${encodeURIComponent(event.currentTarget.dataset.child)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { id, child } = event.currentTarget.dataset;
    wx.navigateTo({ url: `/homework/task/index?id=${encodeURIComponent(id)}&child=${encodeURIComponent(child)}` });
  },
});
