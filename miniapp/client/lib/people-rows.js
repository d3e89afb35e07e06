/* From the server's rows about people to what a template shows. A name or a number of an adult is in none of them. */

const { fill, words } = require('../i18n/index');
const { moment, sign } = require('./format');
const queue = require('./queue');
const { whyWaiting } = require('./waiting');

/** What the queue calls the decision, the end and the appeal of a request. @param {string} id */
const aboutClaim = (id) => `claim:${id}`;

/** 妈妈, 爸爸 … as on the school's list. @param {string} relation */
const relationName = (relation) => relation || words().people.parent;

/** Who else is bound to a child. @param {string[]} relations empty ones are not known */
function othersText(relations) {
  const t = words().people;
  const known = relations.filter(Boolean);
  const unknown = relations.length - known.length;
  if (unknown) known.push(unknown === 1 ? t.another : fill(t.moreOthers, { n: unknown }));
  return known.join(t.comma) || t.onlyYou;
}

/** Custody in words. @param {Api.Custody} custody */
const custodyText = (custody) => words().custody[custody];

/** @param {Api.Child} child */
function childCard(child) {
  const t = words().children;
  const look = child.custody === 'read_only';
  const facts = [
    { name: t.you, text: relationName(child.relation) },
    { name: t.may, text: custodyText(child.custody) },
    { name: t.boundAt, text: moment(child.bound_at) },
    { name: t.until, text: child.until ? fill(t.untilWhen, { when: moment(child.until) }) : '' },
    { name: t.others, text: othersText(child.guardians) },
  ].filter(({ text }) => text);
  return {
    id: child.id,
    name: child.name,
    sign: sign(child.name),
    place: `${child.school_name} · ${child.class_name}`,
    tag: child.trial ? t.trial : look ? t.look : '',
    facts,
  };
}

/** What was tapped about a request and is not there yet; `stuck`: it was tried. @param {string} id @param {boolean} stuck */
function sendingWords(id, stuck) {
  if (!queue.has(aboutClaim(id))) return '';
  return stuck ? whyWaiting(aboutClaim(id)) : words().common.sending;
}

/** One's own request, waiting or closed. @param {Api.ClaimRow} claim @param {boolean} stuck see `sendingWords` */
function ownClaim(claim, stuck) {
  const t = words().claims;
  const over = claim.expires_at ? moment(claim.expires_at) : '';
  const sending = sendingWords(claim.id, stuck);
  return {
    id: claim.id,
    title: fill(t.title, { name: claim.child_name }),
    note: fill(t.note, { digits: claim.phone_last4, when: moment(claim.asked_at) }),
    text: claimText(claim),
    until: !over ? '' : claim.may_appeal ? fill(t.appealUntil, { when: over }) : claim.may_withdraw ? fill(t.over, { when: over }) : '',
    sending,
    mayWithdraw: claim.may_withdraw && !sending,
    mayAppeal: claim.may_appeal && !sending,
  };
}

/** Where one's own request stands. @param {Api.ClaimRow} claim */
function claimText(claim) {
  const t = words().claims;
  if (claim.state === 'refused') return claim.refused_by === 'family' ? t.familyRefused : t.schoolRefused;
  if (claim.state !== 'waiting') return t.expired;
  if (claim.gone) return t.gone;
  if (claim.side === 'family') return fill(t.waitsFamily, { when: moment(claim.school_from) });
  return claim.family ? t.waitsBoth : t.waitsSchool;
}

/**
 * Another adult's request about one's child.
 * @param {Api.ClaimRow} claim @param {Api.Child | undefined} child @param {boolean} stuck see `sendingWords`
 */
function familyRequest(claim, child, stuck) {
  const t = words().requests;
  const sending = sendingWords(claim.id, stuck);
  const bound = child ? [fill(t.youAre, { relation: relationName(child.relation) }), ...child.guardians.map(relationName)] : [];
  let who = claim.family ? t.othersDecide : t.schoolDecides;
  if (claim.may_decide) who = claim.side === 'family' ? fill(t.untilSchool, { when: moment(claim.school_from) }) : t.schoolToo;
  return {
    id: claim.id,
    title: fill(t.asks, { name: claim.child_name }),
    child: claim.child_name,
    facts: [
      { name: t.cls, text: claim.class_name },
      { name: t.digits, text: claim.phone_last4 },
      { name: t.when, text: moment(claim.asked_at) },
      { name: t.bound, text: bound.join(words().people.comma) },
    ].filter(({ text }) => text),
    doubt: (claim.doubt && t.doubt[/** @type {keyof typeof t.doubt} */ (claim.doubt)]) || t.unclear,
    careful: claim.doubt === 'phone',
    who,
    sending,
    mayDecide: claim.may_decide && !sending,
  };
}

/** An adult bound to a child, as the teacher sees them. @param {Api.Guardian} guardian */
function guardianLine(guardian) {
  const t = words().people;
  const { following, until } = guardian;
  const trial = guardian.way === 'trial';
  const reach = following ? t.reached : following === null ? t.never : t.left;
  const limits = [
    !trial && guardian.custody === 'read_only' ? words().children.look : '',
    until ? fill(t.ends, { when: moment(until) }) : '',
  ].filter(Boolean);
  return {
    person: guardian.person_id,
    title: `${relationName(guardian.relation)} · ${t.way[guardian.way]}`,
    note: [fill(t.boundAt, { when: moment(guardian.bound_at) }), ...limits].join(' · '),
    reach: trial ? '' : reach,
    reached: following === true,
    trial,
  };
}

/** A request as the school sees it. @param {Api.Approval} row */
function approvalRow(row) {
  const t = words().approvals;
  const [first] = row.candidates;
  return {
    id: row.id,
    title: fill(t.asks, { name: row.child_name }),
    child: row.candidates.length > 1 ? fill(t.several, { n: row.candidates.length }) : `${first.class_name} ${fill(t.number, { n: first.number })}`,
    note: fill(t.note, { digits: row.phone_last4, when: moment(row.asked_at) }),
    tag: row.alarming ? t.careful : row.may_decide ? t.waits : t.family,
    tone: row.alarming && row.may_decide ? 'todo' : 'soft',
    mayDecide: row.may_decide,
  };
}

module.exports = {
  aboutClaim, approvalRow, childCard, custodyText, familyRequest, guardianLine, othersText, ownClaim, relationName,
};
