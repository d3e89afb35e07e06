/* A homework that an evening has no room for: shorter, a day later, or asked of the head teacher. */

const api = require('../../lib/api');
const days = require('./days');
const homework = require('./api');
const { fill } = require('../../i18n/index');
const { STEP } = require('./form');
const { clashRow, excessOf } = require('./rows');

/** What the form's page does where it does not fit. It has `form`, `change`, `send`, `moveTo`, `look`, `leave`, `acting`, `say`. */
const waysOut = {
  fits: 0,

  /** What the sheet shows before there is anything to show: the page has it among its data. */
  sheet() {
    return { clashes: /** @type {any[]} */ ([]), shorter: '', laterName: '', mayAsk: false, asking: false, why: '', open: false };
  },

  /** The sheet, opened. @this {any} @param {Api.Clash[]} clashes */
  waysOutOf(clashes) {
    const { t } = this.data;
    this.fits = Math.max(0, this.form.minutes - Math.max(...clashes.map(excessOf)));
    return {
      clashes: clashes.map(clashRow),
      shorter: this.fits >= STEP ? fill(t.budget.shorter, { n: this.fits }) : '',
      laterName: fill(t.budget.later, { day: days.name(days.plus(this.form.day, 1)) }),
      mayAsk: clashes.every((clash) => clash.may_ask),
      asking: false,
      open: true,
    };
  },

  /** @this {any} */
  closeSheet() {
    this.setData({ open: false });
    this.look();
  },

  /** @this {any} */
  shorten() {
    this.change({ minutes: this.fits });
    this.setData({ open: false });
    return this.send();
  },

  /** @this {any} */
  async postpone() {
    this.setData({ open: false });
    await this.moveTo(days.plus(this.form.day, 1));
  },

  /** @this {any} */
  startAsking() {
    this.setData({ asking: true });
  },

  /** @this {any} @param {WechatMiniprogram.Input} event */
  typedWhy(event) {
    this.setData({ why: event.detail.value });
  },

  /** @this {any} */
  async ask() {
    const { why, t } = this.data;
    if (!why.trim()) {
      this.say(t.budget.whyMissing);
      return;
    }
    await this.acting(async () => {
      const found = await homework.askForMore(this.form.id, why.trim(), api.newKey());
      this.leave(found);
      this.say(found.clashes.length ? t.budget.askedNow : t.set.done);
    });
  },
};

module.exports = { waysOut };
