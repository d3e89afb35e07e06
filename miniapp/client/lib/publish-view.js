/* From a draft, and from whom it would reach, to what the page of publishing shows. */

const { fill, words } = require('../i18n/index');
const { moment } = require('./format');
const { TITLE_LIMIT } = require('./notice-form');
const { forecastStates, missedGroups } = require('./teach-rows');

/** @typedef {import('./drafts').Draft} Draft */
/** @param {Draft} draft @param {InstanceType<typeof import('./attaching').Attaching>} files */
function draftView(draft, files) {
  return {
    draft: { ...draft },
    titleCount: `${Array.from(draft.title.trim()).length}/${TITLE_LIMIT}`,
    pictures: files.pictures(),
    files: files.others(),
  };
}

/** Whom it would reach. @param {Api.Forecast} forecast @param {Draft} draft */
function forecastView(forecast, draft) {
  const t = words().publish;
  const missing = forecast.missed.length;
  return {
    reach: fill(missing ? t.reach : t.reachAll, { all: forecast.children, n: forecast.reached }),
    states: forecastStates(forecast),
    missedWord: missing ? fill(t.why, { n: missing }) : '',
    missed: missedGroups(forecast, draft.class_ids.length > 1),
    mayUrge: forecast.may_urge,
    quiet: forecast.quiet_until ? fill(t.quiet, { when: moment(forecast.quiet_until) }) : '',
    sendWord: sendWord(draft, forecast.children),
  };
}

/** When nobody knows, and `reach` says why. @param {Draft} draft @param {string} reach */
function noForecastView(draft, reach) {
  return { reach, states: null, missedWord: '', missed: [], quiet: '', sendWord: sendWord(draft) };
}

/** What the last button says: to how many, or when. @param {Draft} draft @param {number} [children] */
function sendWord({ publish_at: at }, children) {
  const t = words().publish;
  if (at) return fill(t.plan, { when: moment(at) });
  return children === undefined ? t.sendBlind : fill(t.send, { n: children });
}

/** What it is, in a line. @param {Draft} draft */
function summary({ confirm, deadline_at: deadline, attached, urgent_reason: why }) {
  const { publish: t, notices } = words();
  const pictures = attached.filter(({ kind }) => kind === 'picture').length;
  const files = attached.length - pictures;
  return [
    why ? fill(t.isUrgent, { why: why.trim() }) : '',
    t[confirm],
    deadline ? `${t.deadline} ${moment(deadline)}` : '',
    pictures ? fill(notices.pictures, { n: pictures }) : '',
    files ? fill(notices.files, { n: files }) : '',
  ].filter(Boolean).join(' · ');
}

module.exports = { draftView, forecastView, noForecastView, sendWord, summary };
