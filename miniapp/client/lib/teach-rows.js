/* From the server's rows about one's own notices to what a template shows. */

const { fill, words } = require('../i18n/index');
const { PUBLISH } = require('./drafts');
const { moment } = require('./format');
const { whyWaiting } = require('./waiting');

/** Best first, as the bars are drawn. @type {Api.ReceiptState[]} */
const STATES = ['confirmed', 'read', 'delivered', 'refused', 'unreachable', 'never_bound'];

/**
 * A line of the list; `reached` comes later than the line.
 * @param {Api.OwnNoticeRow} row @param {Api.Reached} [reached]
 */
function ownRow(row, reached) {
  const t = words().teach;
  const isOut = row.state === 'published';
  return {
    id: row.id,
    title: row.title,
    to: row.classes.join('、'),
    when: isOut ? moment(row.publish_at) : '',
    tag: row.state === 'withdrawn' ? t.withdrawn : '',
    note: noteOf(row, reached),
    states: isOut && reached && !reached.preparing ? reached.states : null,
  };
}

/** @param {Api.OwnNoticeRow} row @param {Api.Reached | undefined} reached */
function noteOf(row, reached) {
  const t = words().teach;
  if (row.state === 'scheduled') return fill(t.scheduled, { when: moment(row.publish_at) });
  if (row.state === 'withdrawn' || !reached) return '';
  if (reached.preparing) return t.preparing;
  return fill(t.reached, { n: reached.reached, all: reached.children });
}

/** A draft as a line above the list. @param {import('./drafts').Draft} draft */
function draftRow(draft) {
  const t = words().teach;
  const title = draft.title.trim() || draft.body.trim().slice(0, 20) || t.untitled;
  const says = { writing: t.draft, sending: whyWaiting(PUBLISH + draft.key), refused: t.refused, correcting: t.draft };
  return { key: draft.key, title, state: draft.state, note: says[draft.state] };
}

/**
 * Why somebody was not reached.
 * @param {string | null} code @param {boolean} waiting whether it is tried again
 */
function reasonText(code, waiting = true) {
  const reason = /** @type {Record<string, string>} */ (words().reason);
  if (code === null) return reason.nobody;
  return (code === 'wechat_down' && !waiting ? reason.gave_up : reason[code]) || '';
}

/** @param {string} code */
function channelText(code) {
  const channel = /** @type {Record<string, string>} */ (words().channel);
  return channel[code] || '';
}

/** `remind-2` → 第 2 次提醒. @param {string} code */
function purposeText(code) {
  const purpose = /** @type {Record<string, string>} */ (words().purpose);
  const [kind, number] = code.split('-');
  return fill(purpose[kind] || '', { n: number || '' });
}

/**
 * Names by reason, for the families that WeChat does not reach; the largest group first.
 * @param {Api.Forecast} forecast @param {boolean} withClass
 */
function missedGroups(forecast, withClass) {
  /** @type {Map<string | null, string[]>} */
  const groups = new Map();
  for (const { name, class_name: cls, reason } of forecast.missed) {
    groups.set(reason, [...(groups.get(reason) || []), withClass ? `${name}（${cls}）` : name]);
  }
  return [...groups]
    .map(([reason, names]) => ({ key: reason || 'nobody', text: reasonText(reason), names }))
    .sort((a, b) => b.names.length - a.names.length);
}

/** How a forecast is drawn: with the colours of the receipts that these families would stand at. @param {Api.Forecast} forecast */
function forecastStates(forecast) {
  const unbound = forecast.missed.filter(({ reason }) => reason === null).length;
  return { confirmed: forecast.reached, refused: forecast.missed.length - unbound, never_bound: unbound };
}

/** One guardian below a child. @param {Api.GuardianRow} guardian @param {Api.ChildRow} child @param {Api.Confirm} confirm */
function guardianRow(guardian, child, confirm) {
  const t = words();
  const differs = child.guardians.length > 1 || guardian.state !== child.state;
  const parts = [guardian.relation || t.ledger.parent];
  if (differs) parts.push(stateText(guardian));
  if (guardian.at) parts.push(moment(guardian.at));
  else if (!guardian.waiting && guardian.state === 'delivered' && guardian.channel) parts.push(channelText(guardian.channel));
  if (confirm !== 'none' && !guardian.asked) parts.push(t.receipts.onlyLook);
  if (guardian.reminders) parts.push(fill(t.receipts.reminded, { n: guardian.reminders }));
  return {
    id: guardian.person_id,
    text: parts.join(' · '),
    why: guardian.reason ? reasonText(guardian.reason, guardian.waiting) : '',
    signed: guardian.signed,
  };
}

/** @param {{state: Api.ReceiptState, waiting: boolean}} guardian */
function stateText(guardian) {
  const t = words();
  return guardian.waiting && guardian.state === 'unreachable' ? t.receipts.onItsWay : t.receipt[guardian.state];
}

/** One child of the receipts. @param {Api.ChildRow} child @param {Api.Confirm} confirm */
function childRow(child, confirm) {
  const t = words();
  const onItsWay = child.state === 'unreachable' && child.guardians.some(({ waiting }) => waiting);
  const neverSent = child.reason === 'bound_later' ? t.reason.never_sent : reasonText(child.reason);
  return {
    id: child.id,
    number: child.number,
    name: child.name,
    state: child.state,
    tag: onItsWay ? t.receipts.notYet : t.receipt[child.state],
    tone: onItsWay ? 'way' : child.state,
    guardians: child.guardians.map((guardian) => guardianRow(guardian, child, confirm)),
    why: child.guardians.length ? '' : neverSent,
  };
}

module.exports = { STATES, channelText, childRow, draftRow, forecastStates, missedGroups, ownRow, purposeText, reasonText };
