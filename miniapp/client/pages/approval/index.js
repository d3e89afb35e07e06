/* One request with everything that helps to decide: why it waits, what the list says, who is bound, what was before. */

const { ask, attempt, say } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const people = require('../../lib/people');
const { guardianLine, relationName } = require('../../lib/people-rows');
const screen = require('../../lib/screen');

Page({
  ...screen.reloading((t) => t.approval.title),
  data: {
    ...screen.data(),
    id: '',
    heading: '',
    note: '',
    doubts: /** @type {string[]} */ ([]),
    careful: false,
    candidates: /** @type {any[]} */ ([]),
    chosen: '',
    mayDecide: false,
    foot: /** @type {string[]} */ ([]),
    wrong: '',
    busy: '',
  },

  found: /** @type {Api.ApprovalDetail | null} */ (null),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.setData({ id: decodeURIComponent(id) });
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await people.getApproval(this.data.id);
      return { ...this.view(data), offline };
    }, this.data.t.approval);
  },

  /** @param {Api.ApprovalDetail} found */
  view(found) {
    this.found = found;
    const { row, candidates } = found;
    const { approval: t, approvals } = this.data.t;
    const doubt = t.doubt[/** @type {keyof typeof t.doubt} */ (row.doubt)];
    const doubts = [doubt, row.parted && row.doubt !== 'ended' ? t.doubt.ended : '', row.appealed ? t.appealed : ''];
    const [only] = candidates;
    return {
      heading: fill(approvals.asks, { name: row.child_name }),
      note: [fill(t.note, { digits: row.phone_last4, when: moment(row.asked_at) }), row.invited ? t.invited : '', this.followWords(found)].filter(Boolean).join(' · '),
      doubts: doubts.filter(Boolean),
      careful: row.alarming,
      candidates: candidates.map((one) => this.candidate(one, row.phone_last4)),
      chosen: candidates.length === 1 ? only.id : this.data.chosen,
      mayDecide: row.may_decide,
      foot: this.footWords(found),
    };
  },

  /** @param {Api.ApprovalDetail} found */
  followWords({ following }) {
    const t = this.data.t.people;
    return following ? t.reached : following === null ? t.never : t.left;
  },

  /** @param {Api.Candidate} one @param {string} digits */
  candidate(one, digits) {
    const { approval: t, approvals, endReason } = this.data.t;
    const lines = one.lines.map((line) => fill(line.fits ? t.fits : t.others, { relation: relationName(line.relation), digits }) + (line.quarantined ? t.shut : ''));
    const bound = one.guardians.map((guardian) => `${guardianLine(guardian).title}${guardian.custody === 'read_only' ? ` · ${this.data.t.children.look}` : ''}`);
    const facts = [
      { name: t.onList, lines: lines.length ? lines : [t.noLine] },
      { name: t.bound, lines: bound.length ? bound : [t.nobody] },
    ];
    const { parted_before: parted } = one;
    if (parted) {
      const reason = endReason[/** @type {keyof typeof endReason} */ (parted.reason)] || endReason.other;
      facts.push({ name: t.parted, lines: [fill(t.partedWhen, { when: moment(parted.at), reason })] });
    }
    return { id: one.id, name: one.name, place: [one.class_name, one.number ? fill(approvals.number, { n: one.number }) : ''].filter(Boolean).join(' '), facts };
  },

  /** @param {Api.ApprovalDetail} found */
  footWords({ row, asked, other_children: also }) {
    const { approval: t, people: p } = this.data.t;
    const who = asked.map(relationName).join(p.comma);
    const names = also.map(({ name, relation }) => `${name}（${relationName(relation)}）`).join(p.comma);
    const when = moment(row.school_from);
    const first = who ? fill(t.familyFirst, { who, when }) : fill(t.familyFirstPlain, { when });
    return [
      names ? fill(t.also, { names }) : '',
      !row.may_decide ? first : who ? fill(t.askedFamily, { who }) : '',
      row.may_decide && row.expires_at ? fill(t.over, { when: moment(row.expires_at) }) : '',
    ].filter(Boolean);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ chosen: event.currentTarget.dataset.id, wrong: '' });
  },

  async approve() {
    const { chosen, candidates, t: { approval: t } } = this.data;
    const child = candidates.find(({ id }) => id === chosen);
    if (!this.found) return;
    if (!child) {
      this.setData({ wrong: t.choose });
      return;
    }
    const content = fill(t.approveHint, { digits: this.found.row.phone_last4, name: child.name });
    if (!(await ask({ title: t.approveAsk, content, yes: t.approve }))) return;
    await this.decide({ approve: true, child_id: chosen }, t.approved);
  },

  async refuse() {
    const t = this.data.t.approval;
    if (!(await ask({ title: t.refuseAsk, content: t.refuseHint, yes: t.refuse, danger: true }))) return;
    await this.decide({ approve: false }, t.refused);
  },

  /** @param {{approve: boolean, child_id?: string}} said @param {string} done */
  async decide(said, done) {
    const act = (/** @type {string} */ key) => people.decideApproval(this.data.id, said, key);
    if (await attempt(this, `${said.approve}-${said.child_id}`, act)) {
      await wx.navigateBack();
      say(done);
    } else {
      await this.reload();
    }
  },
});
