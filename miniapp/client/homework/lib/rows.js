/* From the server's homework to what a template shows: words, colours and widths are decided here. */

const days = require('./days');
const { fill, words } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');

const LEAST_SCALE = 30; // minutes: one small homework does not fill the drawing

/** A subject keeps its colour on every screen, in light and dark. @type {Record<string, string>} */
const COLOURS = {
  chinese: '#ee7f4b', maths: '#3f8ef0', english: '#8a6de9', science: '#14b0a0', physics: '#14b0a0', morality: '#d8a31f',
  history: '#d8a31f', pe: '#4fb349', biology: '#4fb349', music: '#e8679b', art: '#e8679b', geography: '#2fa7c9', chemistry: '#c066d8',
};
const OTHER = '#7d8a99';

/** @param {string} code */
const colourOf = (code) => COLOURS[code] || OTHER;

/** @typedef {{subject: Api.Subject, minutes: number, dashed?: boolean}} Piece */

/**
 * An evening as a bar: a part a homework, to scale with the limit.
 * @param {Piece[]} pieces @param {Api.Minutes} limits
 */
function drawing(pieces, limits) {
  const t = words().evening;
  const total = pieces.reduce((sum, { minutes }) => sum + minutes, 0);
  const limit = limits.total === null ? limits.written || null : limits.total;
  const scale = Math.max(total, limit || 0, LEAST_SCALE);
  const over = limit === null ? 0 : Math.max(0, total - limit);
  return {
    total,
    limit,
    over,
    left: limit === null ? null : Math.max(0, limit - total),
    mark: over && limit !== null ? (limit / scale) * 100 : 0,
    parts: pieces.map(({ subject, minutes, dashed }, index) => ({
      key: index, name: subject.name, minutes: fill(t.minutes, { n: minutes }), colour: colourOf(subject.code), width: (minutes / scale) * 100, dashed: Boolean(dashed),
    })),
  };
}

/** What the limits are, in a line. @param {Api.Minutes} limits */
function limitsText({ written, total }) {
  const t = words().evening;
  const noWritten = written === 0 ? t.noWritten : '';
  const ofWritten = written && written !== total ? fill(t.limitWritten, { n: written }) : '';
  return [noWritten, ofWritten, total === null ? '' : fill(t.limit, { n: total })].filter(Boolean).join(t.comma);
}

/**
 * A class's evening with what is being set: who has taken how much, what would be left.
 * @param {Api.Budget} budget @param {{subject: Api.Subject, minutes: number, written: boolean} | null} mine @param {boolean} held whether it counts already
 */
function budgetRow(budget, mine, held) {
  const t = words().budget;
  const others = budget.items.filter((one) => !(held && one.mine && mine && one.subject.code === mine.subject.code));
  const load = drawing([...others, ...(mine ? [{ ...mine, dashed: true }] : [])], budget.limits);
  const noWritten = Boolean(mine && mine.written && budget.limits.written === 0);
  return {
    id: budget.class_id, name: budget.class_name, load,
    over: load.over > 0 || noWritten,
    says: saysOf(load, noWritten),
    items: others.map(reservedRow),
    limits: limitsText(budget.limits),
    free: others.length ? '' : t.free,
  };
}

/** @param {ReturnType<typeof drawing>} load @param {boolean} noWritten */
function saysOf(load, noWritten) {
  const t = words().budget;
  if (noWritten) return t.noWritten;
  if (load.over) return fill(t.over, { n: load.over });
  return load.left === null ? fill(t.sum, { n: load.total }) : fill(t.left, { n: load.left });
}

/** What somebody has set already. @param {Api.Reserved} item @param {number} index */
function reservedRow({ subject, minutes, author, mine, pupils, allowed }, index) {
  const t = words();
  const whose = mine ? t.budget.mine : teacher(author);
  return {
    key: index,
    colour: colourOf(subject.code),
    text: [subject.name, whose, pupils ? fill(t.budget.pupils, { n: pupils }) : '', allowed ? t.budget.allowed : ''].filter(Boolean).join(' · '),
    minutes: fill(t.evening.minutes, { n: minutes }),
  };
}

/** Why it does not fit, and by how much. @param {Api.Clash} clash */
function clashRow(clash) {
  const t = words().budget;
  const noWritten = clash.limits.written === 0 && Number(clash.excess.written) > 0;
  return {
    id: clash.class_id,
    name: clash.class_name,
    over: true,
    says: noWritten ? t.noWritten : fill(t.over, { n: excessOf(clash) }),
    items: clash.items.map(reservedRow),
  };
}

/** @param {Api.Clash} clash */
const excessOf = ({ excess }) => Math.max(Number(excess.written), Number(excess.total));

/** One of my own in the list. @param {Api.OwnHomeworkRow} row @param {Map<string, string>} names of classes */
function ownRow(row, names) {
  const t = words();
  const later = new Date(row.publish_at) > new Date();
  const says = { unpublished: t.own.unpublished, withdrawn: t.own.withdrawn, published: later ? fill(t.teach.scheduled, { when: moment(row.publish_at) }) : '' };
  return {
    ...row,
    colour: colourOf(row.subject.code),
    to: [row.class_ids.map((id) => names.get(id)).filter(Boolean).join('、'), row.group].filter(Boolean).join(' · '),
    says: says[row.state],
    tone: row.state === 'unpublished' ? 'todo' : 'soft',
    about: `${days.full(row.evening)} · ${fill(t.evening.about, { n: row.minutes })}`,
  };
}

/** One that the server does not have yet. @param {import('./form').Form} form @param {Map<string, string>} names of classes */
function draftRow({ key, state, subject, class_ids: classes, group, text, why }, names) {
  const t = words();
  return {
    key, state, why,
    colour: colourOf(subject),
    to: [classes.map((id) => names.get(id)).filter(Boolean).join('、'), group].filter(Boolean).join(' · ') || t.set.title,
    summary: text.trim(),
    says: { writing: t.own.writing, sending: t.state.sending, refused: t.own.notSet }[state],
    tone: state === 'refused' ? 'todo' : 'soft',
  };
}

/** A homework as a line of an evening. @param {Api.EveningItem} item */
function eveningItem(item) {
  const t = words();
  const due = item.due_at ? fill(t.evening.due, { when: moment(item.due_at) }) : '';
  return {
    ...item,
    colour: colourOf(item.subject.code),
    facts: [fill(t.evening.about, { n: item.minutes }), item.hand_in === 'nothing' ? '' : t.handIn[item.hand_in], due].filter(Boolean).join(' · '),
  };
}

module.exports = { budgetRow, clashRow, colourOf, draftRow, drawing, eveningItem, excessOf, limitsText, ownRow };
