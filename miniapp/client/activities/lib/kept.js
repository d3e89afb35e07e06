/* What is being filled in, kept on this phone until it is handed in: a killed app and a dead battery lose nothing. */

const uploads = require('../../lib/uploads');

const STORED = 'activity-answers';
const MOST = 20; // the oldest goes first

/** @typedef {import('./questions').Draft} Draft */
/** @typedef {{name: string, drafts: Record<string, Draft>}} Kept */

/** @returns {Kept[]} oldest first */
const all = () => wx.getStorageSync(STORED) || [];

/** Of one answer as it was last: whoever answers meanwhile on another phone is not overwritten. @param {string} activity @param {Api.AskedSubject} subject */
const nameOf = (activity, { child_id, answered_at }) => `${activity}:${child_id}:${answered_at || ''}`;

/**
 * What was being filled in over what was answered; of questions and options that there still are.
 * @param {string} activity @param {Api.AskedSubject} subject @param {Api.Question[]} questions @param {Record<string, Draft>} answered
 * @returns {Record<string, Draft>}
 */
function goneOn(activity, subject, questions, answered) {
  const kept = all().find(({ name }) => name === nameOf(activity, subject));
  if (!kept) return answered;
  const found = { ...answered };
  for (const { id, options } of questions) {
    const draft = kept.drafts[id];
    if (draft) found[id] = { ...draft, chosen: draft.chosen.filter((one) => options.some((option) => option.id === one)) };
  }
  return found;
}

/** @param {string} activity @param {Api.AskedSubject} subject @param {Record<string, Draft>} drafts */
function keep(activity, subject, drafts) {
  const name = nameOf(activity, subject);
  const others = all().filter((one) => one.name !== name);
  others.splice(0, Math.max(0, others.length + 1 - MOST)).forEach(forgetFiles);
  wx.setStorageSync(STORED, [...others, { name, drafts }]);
}

/** It is handed in, or taken back: the files on this phone go, too. @param {string} activity @param {Api.AskedSubject} subject */
function drop(activity, subject) {
  const name = nameOf(activity, subject);
  all().filter((one) => one.name === name).forEach(forgetFiles);
  wx.setStorageSync(STORED, all().filter((one) => one.name !== name));
}

/** @param {Kept} kept */
function forgetFiles({ drafts }) {
  Object.values(drafts).forEach(({ files }) => uploads.forget(files));
}

module.exports = { drop, goneOn, keep };
