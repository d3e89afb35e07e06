/* Changing an open activity of my own: what it says, until when, more places, more options. Questions stay as they are. */

const activities = require('../lib/api');
const forms = require('../lib/form');
const screen = require('../../lib/screen');
const { attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');

const GROWS = ['choice', 'several']; // who ranked all options ranked those that there were

/** @typedef {{id: string, text: string, seated: boolean, grows: boolean, options: {id: string, text: string, least: number, seats: number}[], added: {key: number, text: string, seats: number}[]}} Row */

Page({
  data: {
    ...screen.data(),
    title: '',
    body: '',
    closes_at: '',
    tells: true,
    rows: /** @type {Row[]} */ ([]),
    wrong: /** @type {Record<string, string>} */ ({}),
    busy: '',
  },

  id: '',
  version: 0,
  keys: /** @type {Record<string, string>} */ ({}),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.changing.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await activities.getResults(this.id);
      this.version = data.version;
      const { title, closes_at } = data.activity;
      return { title, body: data.body, closes_at, rows: data.questions.filter(({ options }) => options.length).map(rowOf), offline };
    }, this.data.t.activity);
  },

  /** Another form is another act. @param {Record<string, any>} changes */
  change(changes) {
    delete this.keys.change;
    this.setData({ ...changes, wrong: {} });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  chooseCloses(event) {
    this.change({ closes_at: event.detail.value });
  },

  toggleTells() {
    this.change({ tells: !this.data.tells });
  },

  /** @param {WechatMiniprogram.Input} event */
  typedSeats(event) {
    const { at, option } = event.currentTarget.dataset;
    this.change({ [`rows[${at}].options[${option}].seats`]: parseInt(event.detail.value, 10) || 0 });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  addOption(event) {
    const { at } = event.currentTarget.dataset;
    const row = this.data.rows[at];
    this.change({ [`rows[${at}].added`]: [...row.added, forms.option('', row.seated ? 1 : 0)] });
  },

  /** @param {WechatMiniprogram.Input} event */
  typedAdded(event) {
    const { at, n, field } = event.currentTarget.dataset;
    const { value } = event.detail;
    this.change({ [`rows[${at}].added[${n}].${field}`]: field === 'seats' ? parseInt(value, 10) || 0 : value });
  },

  /** @returns {Record<string, string>} */
  problems() {
    const { t, title, body, closes_at: closes, rows } = this.data;
    const length = Array.from(title.trim()).length;
    /** @type {Record<string, string>} */
    const wrong = {};
    if (!length) wrong.title = t.asking.noTitle;
    if (length > forms.TITLE_LIMIT) wrong.title = fill(t.asking.longTitle, { n: length });
    if (!body.trim()) wrong.body = t.asking.noBody;
    if (!closes) wrong.closes_at = t.asking.noCloses;
    else if (new Date(closes) <= new Date()) wrong.closes_at = t.asking.past;
    for (const { id, options } of rows) {
      if (options.some(({ seats, least }) => seats < least)) wrong[id] = t.changing.fewer;
    }
    return wrong;
  },

  async save() {
    const wrong = this.problems();
    this.setData({ wrong });
    if (Object.keys(wrong).length) {
      say(this.data.t.asking.fix);
      return;
    }
    const { title, body, closes_at, tells, rows } = this.data;
    const more = rows.map(moreOf).filter(({ seats, options }) => seats.length || options.length);
    const said = { version: this.version, title: title.trim(), body: body.trim(), closes_at, tells, more };
    const done = await attempt(this, 'change', (key) => activities.change(this.id, said, key));
    if (!done) return;
    say(this.data.t.changing.done);
    wx.navigateBack();
  },
});

/** @param {Api.Question} question @returns {Row} */
function rowOf({ id, kind, text, options }) {
  const seated = options.some(({ seats }) => seats > 0);
  return {
    id, text, seated, grows: GROWS.includes(kind), added: [],
    options: options.map((option) => ({ id: option.id, text: option.text, least: option.seats, seats: option.seats })),
  };
}

/** What is more than it was. @param {Row} row @returns {Api.MoreIn} */
function moreOf({ id, seated, options, added }) {
  return {
    question_id: id,
    seats: seated ? options.filter(({ seats, least }) => seats > least).map(({ id: option_id, seats }) => ({ option_id, seats })) : [],
    options: added.filter(({ text }) => text.trim()).map(({ text, seats }) => ({ text: text.trim(), seats: seated ? seats : 0 })),
  };
}
