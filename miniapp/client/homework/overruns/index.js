/* Requests for more minutes than an evening has, for whoever decides: the evening as it would be, and one tap. */

const api = require('../../lib/api');
const days = require('../lib/days');
const homework = require('../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { budgetRow } = require('../lib/rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {any[]} */ ([]),
    reasons: /** @type {Record<string, string>} what was typed, by request */ ({}),
    refreshing: false,
    busy: '',
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.overrun.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await homework.getOverruns();
      return { rows: data.overruns.map((one) => this.row(one)), offline };
    });
  },

  /** @param {Api.Overrun} one */
  row(one) {
    const t = this.data.t.overrun;
    const mine = { subject: one.subject, minutes: one.minutes, written: false };
    return {
      id: one.id,
      title: fill(t.asks, { name: one.author, subject: one.subject.name, n: one.minutes }),
      day: days.full(one.evening),
      why: one.why,
      text: one.text,
      budget: budgetRow(one.budget, mine, false),
    };
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ [`reasons.${event.currentTarget.dataset.id}`]: event.detail.value });
  },

  /** The reason is kept; without one of their own, it is what the button says. @param {WechatMiniprogram.TouchEvent} event */
  async decide(event) {
    const { id, allow } = event.currentTarget.dataset;
    const { t, reasons, busy } = this.data;
    if (busy) return;
    const reason = (reasons[id] || '').trim() || (allow ? t.overrun.usualYes : t.overrun.usualNo);
    this.setData({ busy: id });
    try {
      await homework.decide(id, allow, reason, api.newKey());
      wx.showToast({ title: allow ? t.overrun.allowed : t.overrun.refused, icon: 'none' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.showToast({ title: error.passing ? t.receipts.noNetwork : error.message, icon: 'none' });
    } finally {
      this.setData({ busy: '' });
      await this.reload();
    }
  },
});
