/* How activities, answers and leave are drawn. */

const { fill, words } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');
const { reasonText } = require('../../lib/teach-rows');

/** How it stands, in a tag. @param {Api.AskedRow} row */
function tagOf(row) {
  const t = words().activity;
  if (row.state === 'withdrawn') return { says: t.withdrawn, tone: 'soft' };
  if (row.seat.standing === 'held') return { says: t.held, tone: 'done' };
  if (row.seat.standing === 'waiting') return { says: fill(t.inLine, { n: row.seat.place_in_line }), tone: 'todo' };
  if (row.answered) return { says: t.filled, tone: 'done' };
  if (!row.open) return { says: t.over, tone: 'soft' };
  return row.asks ? { says: t.toFill, tone: 'todo' } : { says: t.toKnow, tone: 'soft' };
}

/** @param {Api.AskedRow} row */
function askedRow(row) {
  const t = words().activity;
  return {
    key: `${row.id}:${row.child_id}`, id: row.id, child: row.child_id, title: row.title, kind: t.kinds[row.kind],
    about: [row.child_name || t.myself, teacher(row.author), fill(t.until, { when: moment(row.closes_at) })].join(' · '),
    ...tagOf(row),
  };
}

/** @param {Api.ActivityRow} row @param {Map<string, string>} names */
function ownRow(row, names) {
  const t = words();
  const to = row.staff ? t.asking.staff : row.class_ids.map((id) => names.get(id)).filter(Boolean).join('、');
  const says = row.state === 'withdrawn' ? t.activity.withdrawn : row.open ? t.asking.open : t.activity.over;
  return {
    id: row.id, title: row.title, kind: t.activity.kinds[row.kind], to,
    about: fill(t.activity.until, { when: moment(row.closes_at) }), says, tone: row.open ? 'done' : 'soft',
  };
}

/** 12月1日; the year is near. @param {string} day as the server writes it */
function dayName(day) {
  const [, month, date] = day.split('-').map(Number);
  return fill(words().activity.date, { month, date });
}

/** @param {Api.Leave} leave */
function spanName(leave) {
  const t = words().leave;
  const { first, last, first_half: from, last_half: to } = leave;
  if (first === last && from === 'am' && to === 'pm') return fill(t.oneDay, { day: dayName(first) });
  if (first === last) return fill(t.oneHalf, { day: dayName(first), half: t.halves[from] });
  return fill(t.span, { first: dayName(first), firstHalf: t.halves[from], last: dayName(last), lastHalf: t.halves[to] });
}

/** How far the word about a decision has come to the family, and why not further. @param {Api.LeaveReceipt | null} receipt */
function heardOf(receipt) {
  const t = words().leave;
  if (!receipt) return { heard: '', why: '', missed: false };
  const { state, reason, waiting, due_at: due } = receipt;
  if (!state) return { heard: due ? fill(t.rests, { when: moment(due) }) : t.telling, why: '', missed: false };
  const reasons = /** @type {Record<string, string>} */ (t.why);
  const code = reason === 'wechat_down' && !waiting ? 'gave_up' : reason;
  const why = code ? reasons[code] || reasonText(code) : '';
  if (waiting) return { heard: why ? t.heard.waiting : t.telling, why, missed: false };
  const missed = ['refused', 'unreachable', 'never_bound'].includes(state);
  return { heard: t.heard[state], why, missed };
}

/** @param {Api.Leave} leave */
function leaveRow(leave) {
  const t = words().leave;
  const tones = { waiting: 'todo', approved: 'done', refused: 'unreachable', withdrawn: 'soft' };
  return {
    id: leave.id, who: leave.child_name, cls: leave.class_name, kind: t.kinds[leave.kind], span: spanName(leave), reason: leave.reason,
    by: fill(t.by, { who: leave.relation }), says: t.states[leave.state], tone: tones[leave.state], files: leave.files,
    said: leave.reply ? fill(t.said, { name: teacher(leave.decided_by), reply: leave.reply }) : '',
    mayWithdraw: leave.may_withdraw, mayDecide: leave.may_decide, own: leave.state === 'waiting' && !leave.may_decide,
    ...heardOf(leave.receipt),
  };
}

module.exports = { askedRow, dayName, leaveRow, ownRow, spanName };
