/* Other adults who ask to be bound to my children, with what helps to decide. A decision may be tapped in a tunnel. */

const { newKey } = require('../../lib/api');
const { ask, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const people = require('../../lib/people');
const { aboutClaim, familyRequest } = require('../../lib/people-rows');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.requests.title),
  ...screen.listening(),
  data: {
    ...screen.data(),
    rows: /** @type {ReturnType<typeof familyRequest>[]} */ ([]),
    refused: '',
  },

  claims: /** @type {Api.ClaimRow[]} */ ([]),
  children: /** @type {Api.Child[]} */ ([]),
  /** Whether what is queued was tried in vain. */
  stuck: false,
  said: /** @type {Record<string, string>} */ ({}),

  reload() {
    return screen.load(this, async () => {
      const [claims, mine] = await Promise.all([people.getClaims(), people.getChildren()]);
      this.claims = claims.data.items.filter((claim) => !claim.mine);
      this.children = mine.data.children;
      return { rows: this.view(), offline: claims.offline || mine.offline };
    });
  },

  view() {
    return this.claims.map((claim) => familyRequest(claim, this.children.find(({ id }) => id === claim.child_id), this.stuck));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async agree(event) {
    const claim = this.find(event);
    const t = this.data.t.requests;
    const content = fill(t.agreeHint, { name: claim.child_name, digits: claim.phone_last4 });
    if (await ask({ title: t.agreeAsk, content, yes: t.yes })) this.decide(claim, true, t.agreed);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async disagree(event) {
    const claim = this.find(event);
    const t = this.data.t.requests;
    if (await ask({ title: t.disagreeAsk, content: t.disagreeHint, yes: t.disagree, danger: true })) this.decide(claim, false, t.disagreed);
  },

  /** @param {WechatMiniprogram.TouchEvent} event @returns {Api.ClaimRow} */
  find(event) {
    return /** @type {Api.ClaimRow} */ (this.claims.find(({ id }) => id === event.currentTarget.dataset.id));
  },

  /** @param {Api.ClaimRow} claim @param {boolean} approve @param {string} done what is said once it has arrived */
  decide(claim, approve, done) {
    const about = aboutClaim(claim.id);
    this.said[about] = done;
    queue.add({ about, ...people.decision(claim.id, approve, newKey()) });
    this.setData({ rows: this.view(), refused: '' });
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  async heard(outcome) {
    if (!outcome.about.startsWith('claim:')) return;
    this.stuck = outcome.state === 'waiting';
    if (this.stuck) {
      this.setData({ rows: this.view() });
      return;
    }
    if (outcome.state === 'refused') this.setData({ refused: fill(this.data.t.claims.refused, { why: outcome.error.message }) });
    await this.reload();
    if (outcome.state === 'done' && this.said[outcome.about]) say(this.said[outcome.about]);
  },
});
