/* What is being written, kept on this phone: a killed app, a dead battery and a tunnel lose nothing.

writing: on the screen, or left there; sending: with the queue; refused: the server said what is wrong;
correcting: of a notice that is out already. */

const api = require('./api');
const { words } = require('../i18n/index');
const queue = require('./queue');
const uploads = require('./uploads');

const STORED = 'drafts';
const PUBLISH = 'publish:';

/**
 * @typedef {object} Draft
 * @property {string} key the notice's own: the same key is the same notice, however often it is sent
 * @property {'writing' | 'sending' | 'refused' | 'correcting'} state
 * @property {string} title
 * @property {string} body
 * @property {string[]} class_ids
 * @property {import('./uploads').Attached[]} attached
 * @property {string[]} links
 * @property {Api.Confirm} confirm
 * @property {string} deadline_at empty: none
 * @property {string} publish_at empty: now
 * @property {string} urgent_reason empty: it is not urgent
 * @property {Record<string, string>} wrong by field, as the server said it
 * @property {string} why the server's sentence
 */

/** @returns {Draft[]} oldest first */
function all() {
  return wx.getStorageSync(STORED) || [];
}

/** Those of notices that are not there yet, as lists show them. */
function listed() {
  return all().filter(({ state }) => state !== 'correcting');
}

/** @param {string} key @returns {Draft | null} */
function find(key) {
  return all().find((draft) => draft.key === key) || null;
}

/** @returns {Draft} */
function fresh() {
  return {
    key: api.newKey(), state: 'writing', title: '', body: '', class_ids: [], attached: [], links: [],
    confirm: 'none', deadline_at: '', publish_at: '', urgent_reason: '', wrong: {}, why: '',
  };
}

/** The one that was left while it was written, or a new one. */
function current() {
  return all().find(({ state }) => state === 'writing') || fresh();
}

/** What was being changed about this very version, or what it says. @param {Api.OwnNotice} notice @returns {Draft} */
function correcting(notice) {
  const key = `edit:${notice.id}:${notice.version}`;
  return find(key) || {
    ...fresh(), key, state: 'correcting', title: notice.title, body: notice.body, links: notice.links, confirm: notice.confirm,
    attached: notice.attachments.map(({ file_id: id, name, kind, size_bytes }) => ({ key: id, id, name, kind, size: size_bytes, path: '' })),
  };
}

/** Keep it, if there is anything in it. @param {Draft} draft */
function keep(draft) {
  const others = all().filter(({ key }) => key !== draft.key);
  const isEmpty = !draft.title.trim() && !draft.body.trim() && !draft.attached.length && !draft.links.length;
  wx.setStorageSync(STORED, isEmpty ? others : [...others, draft]);
}

/** Throw it away, with its files on this phone. @param {string} key */
function drop(key) {
  const draft = find(key);
  if (draft) uploads.forget(draft.attached);
  wx.setStorageSync(STORED, all().filter((one) => one.key !== key));
}

/** Give it to the queue: from here on it lands once, whatever happens to the app. @param {Draft} draft */
function publish(draft) {
  keep({ ...draft, state: 'sending', wrong: {}, why: '' });
  const body = {
    title: draft.title.trim(), body: draft.body.trim(), class_ids: draft.class_ids, links: draft.links,
    file_ids: draft.attached.map(({ id }) => id), confirm: draft.confirm,
    ...(draft.deadline_at ? { deadline_at: draft.deadline_at } : {}),
    ...(draft.publish_at ? { publish_at: draft.publish_at } : {}),
    ...(draft.urgent_reason ? { urgent_reason: draft.urgent_reason.trim() } : {}),
  };
  return queue.add({
    about: PUBLISH + draft.key, path: '/notices', method: 'POST', body, key: draft.key, now: Boolean(draft.urgent_reason),
    uploads: draft.attached.map((attached, at) => ({ ...attached, at })),
  });
}

/** From the app's start on: what the server made of a draft. */
function follow() {
  queue.listen((outcome) => {
    if (!outcome.about.startsWith(PUBLISH)) return;
    const draft = find(outcome.about.slice(PUBLISH.length));
    if (!draft) return;
    if (outcome.state === 'done') drop(draft.key);
    if (outcome.state === 'refused') {
      const { code, message, fields, status } = outcome.error;
      const t = words().publish;
      const why = code === uploads.GONE ? t.fileGone : status === 404 ? t.notYours : message;
      // Under a new key: the old one stands for what was refused. The files go up anew: they may be what is missing.
      forgetKey(draft.key);
      const attached = draft.attached.map((one) => (one.path ? { ...one, id: '', key: api.newKey() } : one));
      keep({ ...draft, attached, key: api.newKey(), state: 'refused', wrong: fields, why });
    }
  });
}

/** Without its files. @param {string} key */
function forgetKey(key) {
  wx.setStorageSync(STORED, all().filter((one) => one.key !== key));
}

module.exports = { PUBLISH, all, correcting, current, drop, find, follow, fresh, keep, listed, publish };
