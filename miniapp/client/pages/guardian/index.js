/* One binding as the school keeps it: who somebody is to the child, what they may do, until when, and why that changed. */

const { attempt, say } = require('../../lib/acts');
const { fill, words } = require('../../i18n/index');
const { dateOf, moment } = require('../../lib/format');
const people = require('../../lib/people');
const { custodyText } = require('../../lib/people-rows');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

const CUSTODIES = /** @type {const} */ (['full', 'read_only']);
const REASONS = /** @type {const} */ (['list', 'family', 'court', 'carer', 'other']);
const HIGHEST_ORDER = 9;

Page({
  ...pulling,
  data: {
    ...screen.data(),
    child: '',
    person: '',
    heading: '',
    note: '',
    relation: '',
    order: 0,
    orders: /** @type {string[]} */ ([]),
    until: '',
    today: dateOf(),
    custody: /** @type {string} */ ('full'),
    custodies: /** @type {{id: string, name: string}[]} */ ([]),
    reason: '',
    reasons: /** @type {{id: string, name: string}[]} */ ([]),
    wrong: '',
    busy: '',
  },

  /** @param {{child?: string, person?: string}} query */
  onLoad({ child = '', person = '' }) {
    this.setData({ child: decodeURIComponent(child), person: decodeURIComponent(person), today: dateOf() });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.guardian.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getBinding(this.data.child, this.data.person);
      return { ...this.view(data), offline };
    });
  },

  /** @param {Api.Binding} bound */
  view(bound) {
    const { guardian: t, people: p } = this.data.t;
    const { relation, order, custody } = bound;
    return {
      heading: fill(t.lead, { name: bound.child_name }),
      note: [bound.class_name, p.way[bound.way], moment(bound.bound_at)].join(' · '),
      relation, order, custody, until: bound.until || '', reason: '', wrong: '',
      orders: [t.noOrder, ...Array.from({ length: HIGHEST_ORDER }, (_, n) => fill(t.nth, { n: n + 1 }))],
      custodies: CUSTODIES.map((id) => ({ id, name: custodyText(id) })),
      reasons: REASONS.map((id) => ({ id, name: words().guardian.reason[id] })),
    };
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ relation: event.detail.value, wrong: '' });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseOrder(event) {
    this.setData({ order: Number(event.detail.value) });
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseUntil(event) {
    this.setData({ until: String(event.detail.value), wrong: '' });
  },

  clearUntil() {
    this.setData({ until: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    const { field, id } = event.currentTarget.dataset;
    this.setData({ [field]: id, wrong: '' });
  },

  async save() {
    const { t, child, person, relation, order, custody, until, reason } = this.data;
    if (!reason) {
      this.setData({ wrong: t.guardian.reasonMissing });
      return;
    }
    const noted = { relation: relation.trim(), order, custody, until: until || null, reason };
    const found = await attempt(this, 'save', () => people.noteBinding(child, person, noted));
    if (!found) return;
    this.setData(this.view(found.done));
    say(t.guardian.saved);
  },

  end() {
    const { child, person } = this.data;
    wx.navigateTo({ url: `/pages/unbind/index?child=${encodeURIComponent(child)}&person=${encodeURIComponent(person)}` });
  },
});
