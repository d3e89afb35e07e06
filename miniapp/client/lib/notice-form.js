/* What can be said about a notice before the server is asked. Its answer counts all the same. */

const { fill, words } = require('../i18n/index');

const TITLE_LIMIT = 20; // what WeChat's card shows
const REASON_FROM = 4; // domain/urgent.py
const FILE_LIMIT = 9;
const LINK_LIMIT = 3;

/**
 * What is wrong, by field. A correction has the audience and the times that the notice has.
 * @param {import('./drafts').Draft} draft @returns {Record<string, string>}
 */
function problemsOf(draft, now = new Date()) {
  const t = words().publish;
  /** @type {Record<string, string>} */
  const wrong = {};
  const length = Array.from(draft.title.trim()).length;
  if (draft.state !== 'correcting' && !draft.class_ids.length) wrong.class_ids = t.classMissing;
  if (!length) wrong.title = t.subjectMissing;
  if (length > TITLE_LIMIT) wrong.title = fill(t.subjectLong, { n: length });
  if (!draft.body.trim()) wrong.body = t.bodyMissing;
  const why = (draft.urgent_reason || '').trim();
  if (why && Array.from(why).length < REASON_FROM) wrong.urgent_reason = fill(t.urgentShort, { n: REASON_FROM });
  const publish = draft.publish_at ? new Date(draft.publish_at) : now;
  if (draft.publish_at && publish <= now) wrong.publish_at = t.past;
  if (draft.deadline_at && new Date(draft.deadline_at) <= now) wrong.deadline_at = t.past;
  else if (draft.deadline_at && new Date(draft.deadline_at) <= publish) wrong.deadline_at = t.deadlineEarly;
  return wrong;
}

module.exports = { FILE_LIMIT, LINK_LIMIT, TITLE_LIMIT, problemsOf };
