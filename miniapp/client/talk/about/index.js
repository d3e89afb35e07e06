/* About one conversation: who is in it, how its group talks, where feedback stands, and handing it to a colleague. */

const acts = require('../../lib/acts');
const screen = require('../../lib/screen');
const talk = require('../lib/api');
const { memberRows, standing } = require('../lib/about-rows');
const { fill } = require('../../i18n/index');

const GROUP_TALK = /^talk:/;
const STATES = /** @type {('open' | 'answered' | 'closed')[]} */ (['open', 'answered', 'closed']); // domain/threads.py

Page({
  data: {
    ...screen.data(),
    members: /** @type {ReturnType<typeof memberRows>} */ ([]),
    unnamed: '',
    count: 0,
    mode: '',
    modes: /** @type {string[]} */ ([]),
    stands: '',
    due: '',
    late: false,
    state: '',
    states: /** @type {string[]} */ ([]),
    colleagues: /** @type {Api.Teacher[]} */ ([]),
    busy: '',
  },

  id: '',
  keys: {},

  /** @param {{id: string}} query */
  onLoad({ id }) {
    this.id = decodeURIComponent(id);
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.about.title });
    this.reload();
  },

  reload() {
    return screen.load(this, () => (GROUP_TALK.test(this.id) ? this.group() : this.few()), this.data.t.chat);
  },

  /** A group's own. */
  async group() {
    const { data, offline } = await talk.getMembers(this.id.replace(GROUP_TALK, ''));
    const named = memberRows(data.items);
    const hidden = data.guardians && !data.group.as_staff;
    return {
      members: named,
      unnamed: hidden ? fill(this.data.t.about.guardians, { n: data.guardians }) : '',
      count: hidden ? named.length + data.guardians : named.length,
      mode: data.group.mode,
      modes: data.modes,
      offline,
    };
  },

  /** What is between a family and the school. */
  async few() {
    const { data: thread, offline } = await talk.getThread(this.id);
    const people = await talk.getPeople(this.id);
    const colleagues = thread.as_staff ? (await talk.getColleagues(this.id)).data.items : [];
    return {
      members: memberRows([...people.data.items, { name: this.data.t.chat.mine, as_staff: thread.as_staff, leads: false }]),
      count: people.data.items.length + 1,
      ...standing(thread),
      states: thread.as_staff && thread.state ? STATES : [],
      colleagues,
      offline,
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async talkAs(event) {
    const { mode } = event.currentTarget.dataset;
    if (mode === this.data.mode) return;
    const changed = await acts.attempt(this, 'mode', () => talk.setMode(this.id.replace(GROUP_TALK, ''), mode));
    if (changed) this.setData({ mode: changed.done.mode });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async mark(event) {
    const { state } = event.currentTarget.dataset;
    if (state === this.data.state) return;
    const marked = await acts.attempt(this, 'state', () => talk.setState(this.id, state));
    if (marked) this.setData(standing(marked.done));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async handOver(event) {
    const { t } = this.data;
    const { colleague, name } = event.currentTarget.dataset;
    const asked = { title: fill(t.about.handTo, { name }), content: t.about.handHint, yes: t.about.hand };
    if (!(await acts.ask(asked))) return;
    if (!(await acts.attempt(this, `hand:${colleague}`, () => talk.handOver(this.id, colleague)))) return;
    acts.say(fill(t.chat.handedOver, { name }));
    wx.switchTab({ url: '/pages/talk/index' });
  },
});
