/* The questions of an activity with what is answered to each: how they are drawn, and what is sent. */

const { fill, words } = require('../../i18n/index');
const { dayName } = require('./rows');

const BRINGS = ['file', 'sign'];

/**
 * What is being answered to one question.
 * @typedef {object} Draft
 * @property {string[]} chosen in order
 * @property {string} text also a number and a day, as typed
 * @property {(import('../../lib/uploads').Attached)[]} files
 */

/** @returns {Draft} */
const empty = () => ({ chosen: [], text: '', files: [] });

/** What was answered so far, to be gone on with. @param {Api.Question[]} questions @param {Api.AskedSubject} subject @returns {Record<string, Draft>} */
function draftsOf(questions, subject) {
  /** @type {Record<string, Draft>} */
  const drafts = {};
  for (const question of questions) {
    const value = subject.values.find(({ question_id }) => question_id === question.id);
    const draft = empty();
    if (value) {
      draft.chosen = value.option_ids;
      draft.text = value.number !== null ? String(value.number) : value.day || value.text;
      draft.files = value.files.map((file) => ({ key: file.file_id, id: file.file_id, name: file.name, kind: file.kind, size: file.size_bytes, path: '' }));
    }
    if (question.options.some(({ seats }) => seats) && subject.seat.standing !== 'none') draft.chosen = [subject.seat.option_id];
    drafts[question.id] = draft;
  }
  return drafts;
}

/** An option is tapped. @param {Api.Question} question @param {string[]} chosen @param {string} option */
function tapped(question, chosen, option) {
  if (question.kind === 'choice') return [option];
  return chosen.includes(option) ? chosen.filter((id) => id !== option) : [...chosen, option];
}

/** @param {Api.Question} question @param {Draft} draft */
function isEmpty(question, { chosen, text, files }) {
  if (question.options.length) return !chosen.length;
  return BRINGS.includes(question.kind) ? !files.length : !text.trim();
}

/** What is missing, by question. @param {Api.Question[]} questions @param {Record<string, Draft>} drafts */
function problemsOf(questions, drafts) {
  const t = words().activity;
  /** @type {Record<string, string>} */
  const wrong = {};
  for (const question of questions) {
    const draft = drafts[question.id];
    if (question.required && isEmpty(question, draft)) wrong[question.id] = question.kind === 'sign' ? t.signMissing : t.required;
    if (question.kind === 'ranked' && draft.chosen.length && draft.chosen.length < question.options.length) wrong[question.id] = t.rank;
    if (question.most && draft.chosen.length > question.most) wrong[question.id] = fill(t.atMost, { n: question.most });
    if (question.kind === 'number' && draft.text.trim() && !Number.isFinite(Number(draft.text))) wrong[question.id] = t.number;
  }
  return wrong;
}

/** What is sent. @param {Api.Question[]} questions @param {Record<string, Draft>} drafts @returns {Api.AnswerIn[]} */
function said(questions, drafts) {
  return questions.filter((question) => !isEmpty(question, drafts[question.id])).map((question) => {
    const { chosen, text, files } = drafts[question.id];
    const question_id = question.id;
    if (question.options.length) return { question_id, option_ids: chosen };
    if (question.kind === 'number') return { question_id, number: Number(text) };
    if (question.kind === 'date') return { question_id, day: text };
    if (BRINGS.includes(question.kind)) return { question_id, file_ids: files.map(({ id }) => id) };
    return { question_id, text: text.trim() };
  });
}

/** @param {Api.Question} question */
function hintOf(question) {
  const t = words().activity;
  /** @type {Record<string, string>} */
  const kinds = { several: question.most ? fill(t.atMost, { n: question.most }) : t.several, ranked: t.rank };
  return [kinds[question.kind] || '', question.required ? '' : t.optional].filter(Boolean).join(' · ');
}

/**
 * @param {Api.AskedActivity} activity @param {Api.AskedSubject} subject @param {Record<string, Draft>} drafts @param {Record<string, string>} wrong
 */
function questionRows(activity, subject, drafts, wrong) {
  const t = words().activity;
  return activity.questions.map((question, index) => {
    const { chosen, text, files } = drafts[question.id];
    const totals = activity.totals.filter(({ question_id }) => question_id === question.id);
    const most = Math.max(1, ...totals.map(({ count }) => count));
    return {
      id: question.id, number: index + 1, kind: question.kind, text: question.text, hint: hintOf(question),
      role: question.kind === 'choice' ? 'radio' : 'checkbox', value: text, files, wrong: wrong[question.id] || '',
      shown: question.kind === 'date' && text ? dayName(text) : '',
      options: question.options.map((option) => {
        const on = chosen.includes(option.id);
        const place = chosen.indexOf(option.id) + 1;
        const mine = option.id === subject.seat.option_id;
        const full = option.left === 0 && !mine;
        return {
          id: option.id, text: option.text, on, off: !subject.may_answer || (full && !activity.waits),
          mark: question.kind === 'ranked' ? (on ? String(place) : '·') : on ? '✓' : '',
          left: option.left === null ? '' : full ? t.full : fill(t.left, { n: option.left }),
        };
      }),
      bars: totals.map((one) => ({
        id: one.option_id, part: Math.round((100 * one.count) / most), count: fill(t.people, { n: one.count }),
        text: (question.options.find(({ id }) => id === one.option_id) || { text: '' }).text,
      })),
    };
  });
}

module.exports = { draftsOf, problemsOf, questionRows, said, tapped };
