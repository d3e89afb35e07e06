/* What the screens of the virtual class show, made of the server's rows. */

const weekend = require('./api');
const { fill, words } = require('../../i18n/index');

/** 11月27日 周五. @param {string} day 2026-11-27 */
function dayName(day) {
  const t = words().evening;
  const [year, month, date] = day.split('-').map(Number);
  return fill(t.date, { month, date, week: t.week.split(' ')[new Date(year, month - 1, date).getDay()] });
}

/** @param {{first_on: string, last_on: string}} days */
function daysText({ first_on: first, last_on: last }) {
  return first === last ? dayName(first) : fill(words().weekend.days, { first: dayName(first), last: dayName(last) });
}

/** Files with where to get them. @param {Api.Attachment[]} files @param {string} id @param {string} child */
function filesOf(files, id, child) {
  return files.map((one) => ({ ...one, thumb: weekend.file(one.file_id, id, child, 'thumb'), full: weekend.file(one.file_id, id, child, 'full') }));
}

/** @param {Api.SharedPiece} piece @param {string} id @param {string} child */
function pieceRow(piece, id, child) {
  return { id: piece.id, step: fill(words().weekend.ofStep, { n: piece.step }), number: piece.step, text: piece.text, files: filesOf(piece.files, id, child) };
}

module.exports = { dayName, daysText, filesOf, pieceRow };
