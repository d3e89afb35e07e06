/* One guardian of one child: every attempt to reach them, what they did, their signature. */

const { scrolling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const teaching = require('../../lib/teaching');
const { fill } = require('../../i18n/index');
const { fetchFresh } = require('../../lib/files');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { channelText, purposeText, reasonText } = require('../../lib/teach-rows');

Page({
  ...scrolling,
  data: {
    ...screen.data(),
    who: '',
    state: '',
    tag: '',
    why: '',
    facts: /** @type {{name: string, when: string}[]} */ ([]),
    attempts: /** @type {{key: number, what: string, how: string, result: string, good: boolean, when: string}[]} */ ([]),
    signed: false,
    picture: '',
    refreshing: false,
  },

  query: { id: '', child: '', person: '' },

  /** @param {{id?: string, child?: string, person?: string}} query */
  onLoad({ id = '', child = '', person = '' }) {
    const decoded = [id, child, person].map(decodeURIComponent);
    this.query = { id: decoded[0], child: decoded[1], person: decoded[2] };
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.ledger.title });
    this.reload();
  },

  reload() {
    const { id, child, person } = this.query;
    return screen.load(this, async () => {
      const { data, offline } = await teaching.getLedger(id, child, person);
      return { ...this.view(data), offline };
    });
  },

  /** @param {Api.Ledger} ledger */
  view({ child_name: name, guardian, read_at: read, confirmed_at: confirmed, attempts }) {
    const { t } = this.data;
    const done = guardian.signed ? t.ledger.signedAt : t.ledger.confirmedAt;
    return {
      who: fill(t.ledger.of, { name, relation: guardian.relation || t.ledger.parent }),
      state: guardian.state,
      tag: t.receipt[guardian.state],
      why: guardian.reason ? reasonText(guardian.reason, guardian.waiting) : '',
      facts: [
        { name: t.ledger.readAt, when: read ? moment(read) : t.ledger.notRead },
        ...(confirmed ? [{ name: done, when: moment(confirmed) }] : []),
      ],
      attempts: attempts.map((attempt, key) => ({
        key,
        what: purposeText(attempt.purpose),
        how: channelText(attempt.channel),
        result: this.resultOf(attempt),
        good: attempt.code === 0 && !attempt.reason,
        when: moment(attempt.at),
      })),
      signed: guardian.signed,
    };
  },

  /** @param {Api.Ledger['attempts'][number]} attempt */
  resultOf({ reason, code }) {
    const { t } = this.data;
    if (reason) return reasonText(reason);
    return code === 0 ? t.ledger.taken : fill(t.ledger.notTaken, { code });
  },

  /** Not before it is asked for: that somebody looked is noted. */
  async showSignature() {
    const { id, child, person } = this.query;
    try {
      this.setData({ picture: await fetchFresh(teaching.signature(id, child, person)) });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.showToast({ title: this.data.t.ledger.signatureFailed, icon: 'none' });
    }
  },
});
