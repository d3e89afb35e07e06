/* My children: the class, who I am to each, who else is bound, limits and end; my requests, and what ended of late. */

const { newKey } = require('../../lib/api');
const { ask } = require('../../lib/acts');
const { fill, words } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const people = require('../../lib/people');
const { aboutClaim, childCard, ownClaim } = require('../../lib/people-rows');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.children.title),
  ...screen.listening(),
  data: {
    ...screen.data(),
    children: /** @type {ReturnType<typeof childCard>[]} */ ([]),
    requests: '',
    waiting: /** @type {ReturnType<typeof ownClaim>[]} */ ([]),
    closed: /** @type {ReturnType<typeof ownClaim>[]} */ ([]),
    ended: /** @type {{text: string, hint: string}[]} */ ([]),
    refused: '',
  },

  claims: /** @type {Api.Claims} */ ({ items: [], closed: [] }),
  /** Whether what is queued was tried in vain. */
  stuck: false,

  reload() {
    return screen.load(this, async () => {
      const [mine, claims] = await Promise.all([people.getChildren(), people.getClaims()]);
      this.claims = claims.data;
      return {
        children: mine.data.children.map(childCard),
        ended: mine.data.ended.map(endedRow),
        ...this.viewOfClaims(),
        offline: mine.offline || claims.offline,
      };
    });
  },

  viewOfClaims() {
    const { items, closed } = this.claims;
    const theirs = items.filter((claim) => !claim.mine);
    return {
      requests: theirs.length ? fill(this.data.t.children.requestsHint, { n: theirs.length }) : '',
      waiting: items.filter((claim) => claim.mine).map((claim) => ownClaim(claim, this.stuck)),
      closed: closed.map((claim) => ownClaim(claim, this.stuck)),
    };
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    if (!outcome.about.startsWith('claim:')) return;
    this.stuck = outcome.state === 'waiting';
    if (this.stuck) this.setData(this.viewOfClaims());
    if (outcome.state === 'refused') this.setData({ refused: fill(this.data.t.claims.refused, { why: outcome.error.message }) });
    if (!this.stuck) this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async withdraw(event) {
    const { id } = event.currentTarget.dataset;
    const t = this.data.t.claims;
    if (!(await ask({ title: t.withdraw, content: t.withdrawAsk, yes: t.withdraw, no: t.keep }))) return;
    this.send({ about: aboutClaim(id), ...people.withdrawal(id, newKey()) });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  appeal(event) {
    const { id } = event.currentTarget.dataset;
    this.send({ about: aboutClaim(id), ...people.appeal(id, newKey()) });
  },

  /** @param {import('../../lib/queue').Act} act */
  send(act) {
    queue.add(act);
    this.setData({ ...this.viewOfClaims(), refused: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  end(event) {
    wx.navigateTo({ url: `/pages/unbind/index?child=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  openRequests() {
    wx.navigateTo({ url: '/pages/requests/index' });
  },

  bind() {
    wx.navigateTo({ url: '/pages/bind/index' });
  },
});

/** @param {{at: string, reason: string}} ending */
function endedRow({ at, reason }) {
  const { endHint, endReason } = words();
  const key = /** @type {keyof typeof endReason} */ (reason in endReason ? reason : 'other');
  return { text: `${moment(at)} · ${endReason[key]}`, hint: endHint[key] };
}
