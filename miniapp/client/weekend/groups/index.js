/* Putting study groups together: three to eight children each, or one that families join by themselves. */

const acts = require('../../lib/acts');
const screen = require('../../lib/screen');
const weekend = require('../lib/api');
const { fill } = require('../../i18n/index');

const SMALLEST = 3;
const LARGEST = 8;
const MOST = 20;

/** @typedef {Api.TaskGroup & {key: string}} Draft */

Page({
  data: { ...screen.data(), busy: '', groups: /** @type {any[]} */ ([]), room: true, wrong: '' },

  id: '',
  version: 0,
  groups: /** @type {Draft[]} */ ([]),
  pupils: /** @type {Api.TaskPupil[]} */ ([]),
  made: 0,

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.tasks.groups });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data } = await weekend.getDesk(this.id);
      this.version = data.groups.version;
      this.pupils = data.pupils;
      this.groups = data.groups.groups.map((one) => ({ ...one, key: one.id }));
      return this.view();
    }, this.data.t.weekend);
  },

  view() {
    const { t } = this.data;
    /** @type {Map<string, string>} */
    const places = new Map(this.groups.flatMap((group) => group.child_ids.map((id) => [id, group.key])));
    return {
      room: this.groups.length < MOST,
      groups: this.groups.map((group) => {
        const n = group.child_ids.length;
        const few = n < SMALLEST && !group.joinable;
        return {
          ...group, count: fill(few ? t.tasks.chosenFew : t.tasks.chosen, { n }), few,
          pupils: this.pupils.map(({ child_id: id, name }) => ({ id, name, on: places.get(id) === group.key, taken: places.has(id) && places.get(id) !== group.key })),
        };
      }),
    };
  },

  /** @param {string} key @param {Partial<Draft>} changes */
  change(key, changes) {
    this.groups = this.groups.map((one) => (one.key === key ? { ...one, ...changes } : one));
    this.setData({ ...this.view(), wrong: '' });
  },

  add() {
    const names = this.data.t.tasks.groupNames.split(' ');
    const free = names.find((name) => !this.groups.some((one) => one.name === name)) || this.data.t.tasks.newGroup;
    this.made += 1;
    this.groups = [...this.groups, { key: `new-${this.made}`, id: '', name: free, joinable: false, child_ids: [] }];
    this.setData(this.view());
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.groups = this.groups.filter(({ key }) => key !== event.currentTarget.dataset.key);
    this.setData({ ...this.view(), wrong: '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change(event.currentTarget.dataset.key, { name: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { key, joinable } = event.currentTarget.dataset;
    this.change(key, { joinable: !joinable });
  },

  /** A child into this group, out of the one it was in; or out of this one. @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    const { key, id } = event.currentTarget.dataset;
    const group = this.groups.find((one) => one.key === key);
    if (!group) return;
    const isIn = group.child_ids.includes(id);
    if (!isIn && group.child_ids.length >= LARGEST) return;
    this.groups = this.groups.map((one) => ({ ...one, child_ids: one.child_ids.filter((other) => other !== id) }));
    this.change(key, { child_ids: isIn ? group.child_ids.filter((other) => other !== id) : [...group.child_ids, id] });
  },

  async save() {
    const { t } = this.data;
    const groups = this.groups.map(({ id, name, joinable, child_ids }) => ({ id, name: name.trim(), joinable, child_ids }));
    const told = await acts.attempt(this, 'save', () => weekend.arrange(this.id, { version: this.version, groups }));
    if (!told) return;
    acts.say(t.tasks.saved);
    wx.navigateBack();
  },
});
