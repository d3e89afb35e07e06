/* Whom a guardian can write to: the teachers of each child, the teachers of a group unseen by the others, the school. */

const acts = require('../../lib/acts');
const api = require('../../lib/api');
const screen = require('../../lib/screen');
const talk = require('../lib/api');
const { fill } = require('../../i18n/index');
const { teacher } = require('../../lib/format');
const { groupName } = require('../../lib/talk-rows');

const LINE_LIMIT = 40; // domain/threads.py
const TEXT_LIMIT = 2000; // domain/messages.py

Page({
  data: {
    ...screen.data(),
    limits: { line: LINE_LIMIT, text: TEXT_LIMIT },
    children: /** @type {{id: string, name: string, about: string, teachers: Api.Teacher[]}[]} */ ([]),
    groups: /** @type {{id: string, name: string}[]} */ ([]),
    line: '',
    text: '',
    busy: '',
  },

  keys: {},

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.write.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const [home, groups] = await Promise.all([api.getHome(), talk.getGroups()]);
      const children = await Promise.all(home.data.children.map(async ({ id, name }) => {
        const { data } = await talk.getTeachers(id);
        return { id, name, about: fill(this.data.t.write.about, { name }), teachers: data.items.map((one) => ({ ...one, name: teacher(one.name) })) };
      }));
      const asked = groups.data.items.filter((group) => group.may_ask).map(({ id, kind, name, nth }) => ({ id, name: groupName(kind, name, nth) }));
      return { children, groups: asked, offline: home.offline };
    });
  },

  /** @param {Api.Thread} thread */
  go(thread) {
    wx.redirectTo({ url: `/talk/thread/index?id=${encodeURIComponent(thread.id)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async writeTo(event) {
    const { child, teacher: ref } = event.currentTarget.dataset;
    const opened = await acts.attempt(this, 'write', () => talk.writeAbout(child, ref));
    if (opened) this.go(opened.done);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async ask(event) {
    const opened = await acts.attempt(this, 'ask', () => talk.ask(event.currentTarget.dataset.group));
    if (opened) this.go(opened.done);
  },

  /** @param {WechatMiniprogram.Input} event */
  typedLine(event) {
    this.setData({ line: event.detail.value });
  },

  /** @param {WechatMiniprogram.TextareaInput} event */
  typed(event) {
    this.setData({ text: event.detail.value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async tellSchool(event) {
    const { line, text } = this.data;
    if (!line.trim() || !text.trim()) return;
    const said = { title: line.trim(), text: text.trim() };
    const told = await acts.attempt(this, 'school', (key) => talk.giveFeedback(event.currentTarget.dataset.child, said, key));
    if (!told) return;
    acts.say(fill(this.data.t.write.sent, { n: told.done.number }));
    this.go(told.done);
  },
});
