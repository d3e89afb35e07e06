/* Ending a binding, after saying what follows: one's own, or, with a reason, a guardian's of one's class (`person`). */

const { ask, attempt, say } = require('../../lib/acts');
const { fill, words } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const people = require('../../lib/people');
const { relationName } = require('../../lib/people-rows');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

const REASONS = /** @type {const} */ (['wrong', 'moved', 'custody', 'other']);

Page({
  ...pulling,
  data: {
    ...screen.data(),
    child: '',
    person: '',
    heading: '',
    note: '',
    lines: /** @type {string[]} */ ([]),
    reasons: /** @type {{id: string, name: string}[]} */ ([]),
    reason: '',
    problem_reason: '',
    busy: '',
  },

  /** @param {{child?: string, person?: string}} query */
  onLoad({ child = '', person = '' }) {
    this.setData({ child: decodeURIComponent(child), person: decodeURIComponent(person) });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.unbind.title });
    this.reload();
  },

  reload() {
    return screen.load(this, () => (this.data.person ? this.asTeacher() : this.asGuardian()));
  },

  async asGuardian() {
    const { data, offline } = await people.getChildren();
    const child = data.children.find(({ id }) => id === this.data.child);
    const t = this.data.t.unbind;
    if (!child) throw new ApiError('not_found', '', {}, 404);
    const values = { name: child.name, cls: child.class_name };
    return {
      heading: fill(t.ask, values),
      note: `${child.school_name} · ${child.class_name}`,
      lines: [t.own1, t.own2, ...(child.trial ? [] : [t.own3])].map((line) => fill(line, values)),
      offline,
    };
  },

  async asTeacher() {
    const { data: bound, offline } = await people.getBinding(this.data.child, this.data.person);
    const { people: p, unbind: t } = this.data.t;
    const values = { name: bound.child_name };
    return {
      heading: fill(t.school, values),
      note: [bound.class_name, relationName(bound.relation), p.way[bound.way], moment(bound.bound_at)].join(' · '),
      lines: [fill(t.school1, values), t.school2],
      reasons: REASONS.map((id) => ({ id, name: words().endReason[id] })),
      offline,
    };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ reason: event.currentTarget.dataset.id, problem_reason: '' });
  },

  async end() {
    const { t, child, person, reason, heading } = this.data;
    if (person && !reason) {
      this.setData({ problem_reason: t.unbind.choose });
      return;
    }
    if (!(await ask({ title: heading, content: t.unbind.sureHint, yes: t.unbind.yes, no: t.unbind.keep, danger: true }))) return;
    /** @param {string} key */
    const act = (key) => (person ? people.endBinding(child, person, reason, key) : people.leave(child));
    if (!(await attempt(this, `end-${reason}`, act))) return;
    await wx.navigateBack({ delta: this.stepsBack() });
    say(t.unbind.done);
  },

  /** Past the settings of a guardian who is bound no more. */
  stepsBack() {
    const pages = getCurrentPages();
    const before = pages[pages.length - 2];
    return before && before.route === 'pages/guardian/index' ? 2 : 1;
  },

  keep() {
    wx.navigateBack();
  },
});
