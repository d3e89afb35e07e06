/* What is being made ready to be handed in, kept on this phone until the server has it: nothing is lost in a tunnel. */

const api = require('./api');
const queue = require('./queue');
const uploads = require('./uploads');

const STORED = 'works';
const PREFIX = 'work:';

/**
 * @typedef {object} Work
 * @property {string} about which homework of which child
 * @property {string} key the same key is the same handing in, however often it is sent
 * @property {'writing' | 'sending' | 'refused'} state
 * @property {string} text
 * @property {import('./uploads').Attached[]} attached
 * @property {string} why the server's sentence, when it refused
 */

/** @param {string} homework @param {string} child */
const aboutOf = (homework, child) => `${PREFIX}${homework}:${child}`;

/** @returns {Work[]} */
function all() {
  return wx.getStorageSync(STORED) || [];
}

/** @param {string} about @returns {Work | null} */
function find(about) {
  return all().find((one) => one.about === about) || null;
}

/** @param {string} about @returns {Work} */
function fresh(about) {
  return { about, key: api.newKey(), state: 'writing', text: '', attached: [], why: '' };
}

/** @param {Work} work */
function keep(work) {
  wx.setStorageSync(STORED, [...all().filter(({ about }) => about !== work.about), work]);
}

/** Throw it away, with its files on this phone. @param {string} about */
function drop(about) {
  const work = find(about);
  if (work) uploads.forget(work.attached);
  wx.setStorageSync(STORED, all().filter((one) => one.about !== about));
}

/** Give it to the queue: from here on it lands once. @param {Work} work @param {string} homework @param {string} child */
function handIn(work, homework, child) {
  keep({ ...work, state: 'sending', why: '' });
  return queue.add({
    about: work.about, method: 'POST', key: work.key,
    path: `/homework/${api.safe(homework)}/children/${api.safe(child)}`,
    body: { text: work.text.trim(), file_ids: work.attached.map(({ id }) => id) },
    uploads: work.attached.map((attached, at) => ({ ...attached, at })),
  });
}

/** From the app's start on: what the server made of it. */
function follow() {
  queue.listen((outcome) => {
    const work = outcome.about.startsWith(PREFIX) ? find(outcome.about) : null;
    if (!work) return;
    if (outcome.state === 'done') drop(work.about);
    // Under a new key: the old one stands for what was refused. The files go up anew: they may be what is missing.
    if (outcome.state === 'refused') {
      const attached = work.attached.map((one) => (one.path ? { ...one, id: '', key: api.newKey() } : one));
      keep({ ...work, attached, key: api.newKey(), state: 'refused', why: outcome.error.message });
    }
  });
}

module.exports = { aboutOf, drop, find, follow, fresh, handIn, keep };
