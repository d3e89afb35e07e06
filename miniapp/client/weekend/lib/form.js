/* The list that a teacher is writing, kept on this phone until it is offered. */

const api = require('../../lib/api');

const STORED = 'tasklist-draft';
/** The most that the server takes (domain/tasklists.py); a test holds them together. */
const LIMITS = { title: 16, intro: 1000, steps: 12, words: 300, files: 3 };

/** @typedef {{key: string, words: string, link: string, attached: import('../../lib/uploads').Attached[]}} Step */
/** @typedef {{key: string, class_id: string, subject: string, title: string, intro: string, first_on: string, last_on: string, steps: Step[]}} Form */

/** @returns {Step} */
const freshStep = () => ({ key: api.newKey(), words: '', link: '', attached: [] });

/** @returns {Form} */
function fresh() {
  return { key: api.newKey(), class_id: '', subject: '', title: '', intro: '', first_on: '', last_on: '', steps: [freshStep()] };
}

/** The one that was left while it was written, or a new one. @returns {Form} */
const current = () => wx.getStorageSync(STORED) || fresh();

/** @param {Form} form */
function keep(form) {
  if (form.title.trim() || form.steps.some(({ words, attached }) => words.trim() || attached.length)) wx.setStorageSync(STORED, form);
}

const clear = () => wx.removeStorageSync(STORED);

/** As the server takes it. @param {Form} form @returns {Api.TaskListIn} */
function said({ class_id, subject, title, intro, first_on, last_on, steps }) {
  return {
    class_id, subject, title: title.trim(), intro: intro.trim(), first_on, last_on,
    steps: steps.map(({ words, link, attached }) => ({ words: words.trim(), link: link.trim(), file_ids: attached.map(({ id }) => id) })),
  };
}

module.exports = { LIMITS, clear, current, freshStep, keep, said };
