/* From the server's rows to what a template shows: words and marks are decided here, not in the markup. */

const { fill, words } = require('../i18n/index');
const { moment, teacher } = require('./format');
const queue = require('./queue');

/** What the queue calls the answer to a notice. @param {string} noticeId */
const answerTo = (noticeId) => `answer:${noticeId}`;

/**
 * The label at the end of a row: what is still to be done first, what is done after that.
 * @param {Api.NoticeRow} row
 * @returns {{text: string, tone: '' | 'todo' | 'done' | 'soft'}}
 */
function labelOf(row) {
  const t = words().state;
  if (row.state === 'withdrawn') return { text: t.withdrawn, tone: 'soft' };
  if (row.confirm === 'none') return { text: '', tone: '' };
  if (queue.has(answerTo(row.id))) return { text: t.sending, tone: 'soft' };
  if (row.confirmed_at) return { text: { sign: t.signed, answer: t.answered, tap: t.confirmed }[row.confirm], tone: 'done' };
  return { text: { sign: t.toSign, answer: t.toAnswer, tap: t.toConfirm }[row.confirm], tone: 'todo' };
}

/** @param {Api.NoticeRow} row */
function noticeRow(row) {
  const t = words();
  const late = row.deadline_at !== null && new Date(row.deadline_at) < new Date();
  return {
    ...row,
    when: moment(row.published_at),
    by: teacher(row.author),
    label: labelOf(row),
    unread_word: t.state.unread,
    until: row.deadline_at ? (late ? t.home.late : fill(t.home.until, { when: moment(row.deadline_at) })) : '',
    late,
    attached: [
      row.pictures ? fill(t.notices.pictures, { n: row.pictures }) : '',
      row.files ? fill(t.notices.files, { n: row.files }) : '',
    ].filter(Boolean).join(' '),
  };
}

module.exports = { answerTo, labelOf, noticeRow };
