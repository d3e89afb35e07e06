/* What a teacher is setting, as a form; what can be said about it before the server is asked. */

const api = require('../../lib/api');
const days = require('./days');
const drafts = require('../../lib/homework-drafts');
const { words } = require('../../i18n/index');

const USUAL_MINUTES = 20;
const STEP = 5; // minutes go up and down by so many

/**
 * @typedef {object} Form
 * @property {string} key the homework's own: the same key is the same homework, however often it is sent
 * @property {string} id of one that the server has already, empty until then
 * @property {number} attempts as they were when it was looked at
 * @property {string} subject
 * @property {string[]} class_ids
 * @property {string[]} student_ids
 * @property {string} group
 * @property {string} text
 * @property {import('../../lib/uploads').Attached[]} attached
 * @property {string[]} links
 * @property {number} minutes
 * @property {boolean} written
 * @property {string} day
 * @property {string} due_at empty: none
 * @property {Api.HandIn} hand_in
 * @property {string} publish_at empty: now
 * @property {string} repeats
 * @property {'writing' | 'sending' | 'refused'} state
 * @property {string} why the server's sentence, when it refused
 * @property {Record<string, string>} wrong by field, as the server said it
 */

/** @returns {Form} */
function fresh() {
  return {
    key: api.newKey(), id: '', attempts: 0, subject: '', class_ids: [], student_ids: [], group: '', text: '', attached: [], links: [],
    minutes: USUAL_MINUTES, written: true, day: days.today(), due_at: '', hand_in: 'pictures', publish_at: '', repeats: '',
    state: 'writing', why: '', wrong: {},
  };
}

/** The one that was left while it was written, or a new one. @returns {Form} */
function current() {
  return onTime(drafts.all().find(({ state }) => state === 'writing') || fresh());
}

/** A day that is over becomes today. @param {Form} form */
function onTime(form) {
  return { ...form, day: form.day < days.today() ? days.today() : form.day };
}

/** As the server has it. @param {Api.OwnHomework} found @returns {Form} */
function ofHomework(found) {
  return {
    ...fresh(), id: found.id, attempts: found.attempts, subject: found.subject.code, class_ids: found.class_ids,
    student_ids: found.student_ids, group: found.group, text: found.text, links: found.links.map(({ url }) => url), minutes: found.minutes,
    attached: found.attachments.map(({ file_id: id, name, kind, size_bytes }) => ({ key: id, id, name, kind, size: size_bytes, path: '' })),
    written: found.written, day: found.day, due_at: found.due_at || '', hand_in: found.hand_in,
  };
}

/** The same once more, for today. @param {Api.OwnHomework} found @returns {Form} */
function again(found) {
  return { ...ofHomework(found), id: '', attempts: 0, day: days.today(), due_at: '', repeats: found.id };
}

/** As the server takes it. @param {Form} form @returns {Api.HomeworkIn} */
function said({ subject, class_ids, student_ids, group, text, attached, links, minutes, written, day, due_at, hand_in, publish_at, repeats }) {
  return {
    subject, class_ids, student_ids, group, text: text.trim(), file_ids: attached.map(({ id }) => id), links, minutes, written, day, due_at,
    hand_in, publish_at, repeats,
  };
}

/** What is wrong, by field. @param {Form} form @returns {Record<string, string>} */
function problemsOf(form) {
  const t = words().set;
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!form.class_ids.length) wrong.class_ids = t.classMissing;
  if (!form.subject) wrong.subject = t.subjectMissing;
  if (!form.text.trim()) wrong.text = t.textMissing;
  if (form.due_at && new Date(form.due_at) <= new Date()) wrong.due_at = words().publish.past;
  return wrong;
}

module.exports = { STEP, again, current, ofHomework, onTime, problemsOf, said };
