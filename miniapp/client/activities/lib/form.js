/* What is being written to be published, and what can be said about it before the server is asked. */

const { fill, words } = require('../../i18n/index');

const TITLE_LIMIT = 20; // what WeChat's card shows
const SLOT_MINUTES = 10;
const MOST_OPTIONS = 60;
const CHOOSES = ['choice', 'several', 'ranked'];

/** @typedef {{key: number, kind: Api.QuestionKind, text: string, required: boolean, options: {key: number, text: string, seats: number}[]}} Question */
/** @typedef {{kind: Api.ActivityKind, staff: boolean, class_ids: string[], title: string, body: string, per: 'child' | 'adult', closes_at: string, questions: Question[], shows_totals: boolean, waits: boolean}} Form */

let keys = 0;

/** @param {string} text @param {number} seats */
const option = (text = '', seats = 0) => ({ key: ++keys, text, seats });

/** @param {Api.QuestionKind} kind @returns {Question} */
function question(kind) {
  const options = CHOOSES.includes(kind) ? [option(), option()] : [];
  return { key: ++keys, kind, text: '', required: true, options };
}

/** @returns {Form} */
function fresh() {
  return { kind: 'sign_up', staff: false, class_ids: [], title: '', body: '', per: 'child', closes_at: '', questions: [question('choice')], shows_totals: false, waits: false };
}

/** Slots of ten minutes between two times of a clock, one family each. @param {string} from @param {string} to */
function slotsOf(from, to) {
  const minutes = (/** @type {string} */ clock) => clock.split(':').map(Number).reduce((hours, rest) => hours * 60 + rest);
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const found = [];
  for (let at = minutes(from); at + SLOT_MINUTES <= minutes(to) && found.length < MOST_OPTIONS; at += SLOT_MINUTES) {
    found.push(option(`${two(Math.floor(at / 60))}:${two(at % 60)}`, 1));
  }
  return found;
}

/** @param {Question} one */
const isSeated = (one) => one.options.some(({ seats }) => seats > 0);

/** What is wrong, by field; a question by its key. @param {Form} form @returns {Record<string, string>} */
function problemsOf(form) {
  const t = words().asking;
  /** @type {Record<string, string>} */
  const wrong = {};
  const length = Array.from(form.title.trim()).length;
  if (!form.staff && !form.class_ids.length) wrong.class_ids = t.noWhom;
  if (!length) wrong.title = t.noTitle;
  if (length > TITLE_LIMIT) wrong.title = fill(t.longTitle, { n: length });
  if (!form.body.trim()) wrong.body = t.noBody;
  if (!form.closes_at) wrong.closes_at = t.noCloses;
  else if (new Date(form.closes_at) <= new Date()) wrong.closes_at = t.past;
  if (!form.questions.length && form.kind !== 'theme') wrong.questions = t.noQuestions;
  for (const one of form.questions) {
    const written = one.options.filter(({ text }) => text.trim());
    if (CHOOSES.includes(one.kind) && written.length < (isSeated(one) ? 1 : 2)) wrong[one.key] = t.fewOptions;
    if (!one.text.trim()) wrong[one.key] = t.noText;
  }
  return wrong;
}

/** @param {Form} form @returns {Api.ActivityIn} */
function said(form) {
  return {
    ...form,
    title: form.title.trim(),
    body: form.body.trim(),
    class_ids: form.staff ? [] : form.class_ids,
    per: form.staff ? 'adult' : form.per,
    waits: form.waits && form.questions.some(isSeated),
    questions: form.questions.map(({ kind, text, required, options }) => ({
      kind, text: text.trim(), required,
      options: options.filter((one) => one.text.trim()).map((one) => ({ text: one.text.trim(), seats: one.seats })),
    })),
  };
}

module.exports = { CHOOSES, MOST_OPTIONS, TITLE_LIMIT, fresh, isSeated, option, problemsOf, question, said, slotsOf };
