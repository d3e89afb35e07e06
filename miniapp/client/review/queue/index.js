/* What waits until somebody has looked at it: words, pictures, why; one tap shows it, a refusal says why. */

const api = require('../../lib/api');
const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fetchFresh } = require('../../lib/files');
const { moment } = require('../../lib/format');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');

const { create, read, safe } = api;
const LENGTHS = [1, 24, 168]; // hours somebody does not speak

/** @param {string} id */
const address = (id) => `/teaching/reviews/${safe(id)}`;

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    rows: /** @type {any[]} */ ([]),
    whys: /** @type {Record<string, string>} what was typed, by review */ ({}),
    pictures: /** @type {Record<string, string[]>} where they are on this phone, by review */ ({}),
    refreshing: false,
    busy: '',
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.review.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await read('/teaching/reviews');
      const { reviews } = /** @type {{reviews: Api.Review[]}} */ (data);
      reviews.forEach((one) => this.look(one));
      return { rows: reviews.map((one) => this.row(one)), offline };
    });
  },

  /** @param {Api.Review} one */
  row(one) {
    const t = this.data.t.review;
    const said = one.whys.map((why) => `“${why}”`).join(' ');
    return {
      ...one,
      where: `${one.class_name || t.school} · ${moment(one.waits_since)}`,
      reports: one.reported ? `${fill(t.reported, { n: one.reported })} ${said}` : '',
    };
  },

  /** A picture that cannot be had leaves its place empty. @param {Api.Review} one */
  async look(one) {
    if (!one.pictures.length || this.data.pictures[one.id]) return;
    const found = await Promise.all(one.pictures.map((id) => fetchFresh(`${address(one.id)}/pictures/${safe(id)}`).catch(() => '')));
    this.setData({ [`pictures.${one.id}`]: found });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ [`whys.${event.currentTarget.dataset.id}`]: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  decide(event) {
    const { id, allow, seen } = event.currentTarget.dataset;
    const t = this.data.t.review;
    const why = (this.data.whys[id] || '').trim() || (allow ? '' : t.usualNo);
    return this.act(id, 'decision', { allow, why, seen }, allow ? t.shown : t.notShown);
  },

  /** For how long, and where; or everybody. @param {WechatMiniprogram.TouchEvent} event */
  more(event) {
    const { id, freezes } = event.currentTarget.dataset;
    const t = this.data.t.review;
    const why = (this.data.whys[id] || '').trim() || t.usualMute;
    const lengths = [t.hour, t.day, t.week].map((name) => fill(t.mute, { name }));
    wx.showActionSheet({
      itemList: freezes ? [...lengths, t.freeze] : lengths,
      success: ({ tapIndex }) => {
        const hours = LENGTHS[tapIndex];
        if (hours) this.act(id, 'mute', { hours, reach: 'class', why }, t.muted);
        else this.act(id, 'freeze', { why }, t.frozen);
      },
      fail: () => {},
    });
  },

  /** @param {string} id @param {string} what @param {object} body @param {string} done */
  async act(id, what, body, done) {
    if (this.data.busy) return;
    this.setData({ busy: id });
    try {
      await create(`${address(id)}/${what}`, body, api.newKey());
      wx.showToast({ title: done, icon: 'none' });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.showToast({ title: error.passing ? this.data.t.receipts.noNetwork : error.message, icon: 'none' });
    } finally {
      this.setData({ busy: '' });
      await this.reload();
    }
  },
});
