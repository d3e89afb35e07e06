/* Trying it: a teacher chooses a child and sees for a day what its guardians see. They see that, too. */

const { attempt, say } = require('../../lib/acts');
const { chooseClass } = require('../../lib/classes');
const { fill } = require('../../i18n/index');
const people = require('../../lib/people');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

Page({
  ...pulling,
  data: {
    ...screen.data(),
    cls: '',
    hint: '',
    children: /** @type {{id: string, number: number, name: string}[]} */ ([]),
    chosen: '',
    wrong: '',
    busy: '',
  },

  /** @param {{class?: string}} query */
  onLoad({ class: cls = '' }) {
    this.setData({ cls: decodeURIComponent(cls) });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.trial.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { cls } = await chooseClass('bindings', this.data.cls);
      const { data, offline } = await people.getFamilies(cls.id);
      return {
        hint: fill(this.data.t.trial.leadHint, { cls: data.class_name }),
        children: data.items.map(({ child_id: id, number, name }) => ({ id, number, name })),
        offline,
      };
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ chosen: event.currentTarget.dataset.id, wrong: '' });
  },

  async begin() {
    const { chosen, t } = this.data;
    if (!chosen) {
      this.setData({ wrong: t.trial.choose });
      return;
    }
    if (!(await attempt(this, chosen, (key) => people.beginTrial(chosen, key)))) return;
    await wx.redirectTo({ url: '/pages/children/index' });
    say(t.trial.begun);
  },
});
