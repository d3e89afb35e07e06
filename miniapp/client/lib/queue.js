/* What was tapped and has not reached the server yet. It is kept in storage before it is sent, sent in the
order in which it was tapped, and carries its key from the first tap on: it lands exactly once.

Where the server says that it is too much, what is of the same kind rests for as long as it says, in its order; the
others go on. */

const api = require('./api');
const { ApiError } = require('./http');
const uploads = require('./uploads');

const STORED = 'queue';
const FIRST_WAIT_MS = 2000;
const LONGEST_WAIT_MS = 60000;

/**
 * @typedef {object} Act
 * @property {string} about what it is about, such as `confirm:NOTICE`: the same is never queued twice
 * @property {string} path
 * @property {'POST' | 'PUT' | 'DELETE'} method
 * @property {any} [body]
 * @property {string} [png] bytes to send instead of a body, in base64
 * @property {Upload[]} [uploads] files that go first; each becomes an id in the body, in its place
 * @property {string} key
 * @property {boolean} [now] told that it is too much it comes back, and does not wait for an hour
 */
/** `field` is the body's own for a single file; else it is one of `file_ids`. @typedef {import('./uploads').Attached & {at: number, field?: string}} Upload */
/** @typedef {{about: string, state: 'done', data: any} | {about: string, state: 'refused', error: InstanceType<typeof ApiError>} | {about: string, state: 'waiting', rest?: number}} Outcome */

/** @type {Set<(outcome: Outcome) => void>} */
const listeners = new Set();
/** @type {Promise<void> | null} */
let sending = null;
let wait = FIRST_WAIT_MS;
/** Until when a kind rests. @type {Map<string, number>} */
const resting = new Map();
/** @type {any} */
let timer = 0;

/** @returns {Act[]} */
function all() {
  return wx.getStorageSync(STORED) || [];
}

/** @param {string} about */
function has(about) {
  return all().some((act) => act.about === about);
}

/** What is kept, of which `about` begins so, in order. @param {string} beginning */
function under(beginning) {
  return all().filter((act) => act.about.startsWith(beginning));
}

/** Keep an act, and send it when that is possible. A second one about the same changes nothing. @param {Act} act */
function add(act) {
  if (!has(act.about)) wx.setStorageSync(STORED, [...all(), act]);
  return flush();
}

/** Keep an act in place of what was said about the same and has not been sent. @param {Act} act */
function replace(act) {
  wx.setStorageSync(STORED, [...all().filter(({ about }) => about !== act.about), act]);
  return flush();
}

/** What the server counts together: `/threads/ID/messages` of whatever conversation. @param {Act} act */
function kindOf({ method, path }) {
  return [method, ...path.split('?')[0].split('/').filter((_, at) => at % 2)].join(' ');
}

/** Until when an act rests, 0 for not at all. @param {Act} act */
function restsUntil(act) {
  const until = resting.get(kindOf(act)) || 0;
  return until > Date.now() ? until : 0;
}

/** After how many minutes the first of these is sent, where all of them rest; else 0. @param {Act[]} acts */
function minutes(acts) {
  const untils = acts.map(restsUntil);
  return untils.length && !untils.includes(0) ? Math.ceil((Math.min(...untils) - Date.now()) / 60000) : 0;
}

/** Send what is there, in order; stops at the first that gets no answer. @returns {Promise<void>} */
function flush() {
  if (!sending) {
    clearTimeout(timer);
    sending = sendAll();
  }
  return sending;
}

async function sendAll() {
  await null; // what is tapped at the same moment goes, too
  try {
    do {
      if (!(await sendOnes())) return;
      sayRests();
    } while (all().some((one) => !restsUntil(one)));
  } finally {
    sending = null;
  }
}

/** Those that do not rest; says whether there was an answer to each. */
async function sendOnes() {
  const next = () => all().find((one) => !restsUntil(one));
  for (let act = next(); act; act = next()) {
    const outcome = await send(act);
    if (outcome.state === 'waiting' && outcome.rest) {
      resting.set(kindOf(act), Date.now() + outcome.rest * 1000);
    } else if (outcome.state === 'waiting') {
      tell(outcome);
      later(wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
      return false;
    } else {
      const { key, uploads: files } = act;
      wx.setStorageSync(STORED, all().filter((one) => one.key !== key));
      if (outcome.state === 'done') uploads.forget(files || []);
      wait = FIRST_WAIT_MS;
      tell(outcome);
    }
  }
  return true;
}

/** What is left rests: whoever has just tapped hears so, too. */
function sayRests() {
  const left = all();
  if (left.length) later(Math.max(0, Math.min(...left.map(restsUntil)) - Date.now()));
  left.forEach(({ about }) => tell({ about, state: 'waiting' }));
}

/** @param {Act} act @returns {Promise<Outcome>} */
async function send(act) {
  const { about, path, method, body, png, key, now } = act;
  try {
    await sendUploads(act);
    const sent = png ? wx.base64ToArrayBuffer(png) : body;
    const data = await api.act({ path, method, body: sent, header: { 'Idempotency-Key': key } });
    return { about, state: 'done', data };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const tooMuch = error.status === 429;
    if (!error.passing || (now && tooMuch)) return { about, state: 'refused', error };
    return { about, state: 'waiting', rest: tooMuch ? error.rest || LONGEST_WAIT_MS / 1000 : 0 };
  }
}

/** What has gone up is noted at once: after an interruption only the rest goes. @param {Act} act */
async function sendUploads(act) {
  for (const { at, field, ...attached } of act.uploads || []) {
    const [holder, place] = field ? [act.body, field] : [act.body.file_ids, at];
    if (holder[place]) continue;
    holder[place] = await uploads.send(attached);
    wx.setStorageSync(STORED, all().map((one) => (one.key === act.key ? act : one)));
  }
}

/** @param {number} pause milliseconds */
function later(pause) {
  clearTimeout(timer);
  timer = setTimeout(flush, pause);
}

/** The network is back, or the app is in front again: no more patience, but for what rests. */
function hurry() {
  wait = FIRST_WAIT_MS;
  if (all().length) flush();
}

/** @param {Outcome} outcome */
function tell(outcome) {
  listeners.forEach((listener) => listener(outcome));
}

/**
 * Hear what becomes of every act. Returns what stops it.
 * @param {(outcome: Outcome) => void} listener
 */
function listen(listener) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

/** Forget everything, as at signing out. */
function clear() {
  clearTimeout(timer);
  resting.clear();
  wx.removeStorageSync(STORED);
}

module.exports = { add, clear, flush, has, hurry, listen, minutes, replace, under, size: () => all().length };
