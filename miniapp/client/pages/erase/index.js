/* Having my data erased: what goes and what stays, asked twice; and, until its time has come, taking it back. */

const { ask, attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const people = require('../../lib/people');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.erase.title),
  data: {
    ...screen.data(),
    hasRole: false,
    /** none: nothing asked; waiting: may be taken back; begun */
    stage: 'none',
    waits: '',
    why: '',
    busy: '',
  },

  found: /** @type {Api.OwnErasure | null} */ (null),

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getErasure();
      return { ...this.view(data), offline };
    });
  },

  /** @param {Api.OwnErasure} found */
  view(found) {
    this.found = found;
    const { erasure } = found;
    const t = this.data.t.erase;
    /** @type {Record<string, string>} */
    const reasons = { unfollowed: t.unfollowed, revoked: t.revoked };
    return {
      hasRole: found.has_role,
      stage: !erasure ? 'none' : erasure.stage === 'waiting' ? 'waiting' : 'begun',
      waits: erasure ? fill(t.waits, { when: moment(erasure.due_at) }) : '',
      why: erasure ? reasons[erasure.origin] || t.waitsHint : '',
    };
  },

  async erase() {
    if (!this.found) return;
    const { children, wait_days: n } = this.found;
    const { erase: t, people: p } = this.data.t;
    const names = children.map(({ name }) => name).join(p.comma);
    const content = (names ? fill(t.sureChildren, { names }) : '') + fill(t.sureHint, { n });
    if (!(await ask({ title: t.sure, content, yes: t.yes, no: t.keep, danger: true }))) return;
    const found = await attempt(this, 'erase', (key) => people.askErasure(key));
    if (found) this.setData(this.view(found.done));
  },

  async takeBack() {
    const found = await attempt(this, 'keep', () => people.keepData());
    if (!found) return;
    this.setData(this.view(found.done));
    if (!found.done.erasure) say(this.data.t.erase.kept);
  },

  keep() {
    wx.navigateBack();
  },
});
