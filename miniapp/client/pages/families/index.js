/* A class as its teacher sees it: who is bound to each pupil, and whom WeChat reaches. No number, no name of an adult. */

const { chooseClass } = require('../../lib/classes');
const { fill } = require('../../i18n/index');
const people = require('../../lib/people');
const { guardianLine, relationName } = require('../../lib/people-rows');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.families.title),
  data: {
    ...screen.data(),
    classes: /** @type {Api.TaughtClass[]} */ ([]),
    cls: '',
    clsName: '',
    show: /** @type {'all' | 'unbound'} */ ('all'),
    all: '',
    unbound: '',
    rows: /** @type {ReturnType<typeof familyRow>[]} */ ([]),
    mayChange: false,
    mayInvite: false,
  },

  found: /** @type {Api.Family[]} */ ([]),

  /** @param {{class?: string}} query */
  onLoad({ class: cls = '' }) {
    this.setData({ cls: decodeURIComponent(cls) });
  },

  reload() {
    return screen.load(this, async () => {
      const chosen = await chooseClass('people', this.data.cls);
      const { data, offline } = await people.getFamilies(chosen.cls.id);
      this.found = data.items;
      return {
        classes: chosen.classes, cls: chosen.cls.id, clsName: data.class_name, mayChange: data.may_change,
        mayInvite: chosen.cls.rights.includes('invite'), ...this.view(), offline: offline || chosen.offline,
      };
    });
  },

  view() {
    const t = this.data.t.families;
    const missing = this.found.filter(({ bound }) => !bound);
    const shown = this.data.show === 'unbound' ? missing : this.found;
    return {
      all: fill(t.all, { n: this.found.length }),
      unbound: fill(t.unbound, { n: missing.length }),
      rows: shown.map(familyRow),
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choosePart(event) {
    this.setData({ show: event.currentTarget.dataset.show });
    this.setData(this.view());
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseClass(event) {
    this.setData({ cls: this.data.classes[Number(event.detail.value)].id, phase: 'loading' });
    this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  set(event) {
    const { child, person, trial } = event.currentTarget.dataset;
    if (!this.data.mayChange) return;
    const page = trial ? 'unbind' : 'guardian';
    wx.navigateTo({ url: `/pages/${page}/index?child=${encodeURIComponent(child)}&person=${encodeURIComponent(person)}` });
  },

  invite() {
    wx.navigateTo({ url: `/pages/invite/index?class=${encodeURIComponent(this.data.cls)}` });
  },

  try() {
    wx.navigateTo({ url: `/pages/trial/index?class=${encodeURIComponent(this.data.cls)}` });
  },
});

/** @param {Api.Family} family */
function familyRow({ child_id: id, number, name, bound, guardians }) {
  return { id, number, name, bound, guardians: guardians.map((one) => ({ ...guardianLine(one), relation: relationName(one.relation) })) };
}
