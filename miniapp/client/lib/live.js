/* The line over which the server says at once what is new in conversations (/ws), while somebody looks at one. Where
there is none, whoever listens is told to ask instead (`poll`), and the numbers of the messages keep both in order. */

const config = require('../config');
const { ApiError } = require('./http');
const session = require('./session');

const PROTOCOL = 'yanshu';
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30000;
const POLL_MS = 8000;
const SIGNED_OUT = 4001;

/** @typedef {{type: string, [field: string]: any}} Frame */

/** @type {Set<(frame: Frame) => void>} */
const listeners = new Set();
/** @type {any} */
let line = null;
let open = false;
let wait = FIRST_WAIT_MS;
/** @type {any} */
let again = 0;
/** @type {any} */
let polling = 0;

/**
 * Hear what comes from now on. Returns what stops it; with nobody left the line is given up.
 * @param {(frame: Frame) => void} listener
 */
function listen(listener) {
  listeners.add(listener);
  if (listeners.size === 1) begin();
  return () => {
    if (listeners.delete(listener) && !listeners.size) end();
  };
}

function begin() {
  wait = FIRST_WAIT_MS;
  connect();
  polling = setInterval(() => {
    if (!open) tell({ type: 'poll' });
  }, POLL_MS);
}

function end() {
  clearTimeout(again);
  clearInterval(polling);
  if (line) line.close({ code: 1000, reason: 'nobody listens' });
  line = null;
  open = false;
}

async function connect() {
  clearTimeout(again);
  if (line || !listeners.size) return;
  const token = await session.token().catch((error) => {
    if (!(error instanceof ApiError)) throw error;
    return '';
  });
  if (line || !listeners.size) return;
  // The token goes among the protocols: not every client of web sockets can send headers.
  const mine = token && wx.connectSocket({ url: config.base.replace(/^http/, 'ws') + '/ws', protocols: [PROTOCOL, `bearer.${token}`] });
  if (!mine) {
    later();
    return;
  }
  line = mine;
  mine.onOpen(() => {
    if (mine !== line) return;
    open = true;
    wait = FIRST_WAIT_MS;
  });
  mine.onMessage((/** @type {any} */ { data }) => {
    if (mine === line) tell(JSON.parse(data));
  });
  mine.onError(() => {}); // it is closed, too, and that is heard
  mine.onClose((/** @type {any} */ { code }) => {
    if (mine !== line) return;
    line = null;
    open = false;
    if (code === SIGNED_OUT) session.renew().then(connect, later);
    else later();
  });
}

function later() {
  if (!listeners.size) return;
  clearTimeout(again);
  again = setTimeout(connect, wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
}

/** The network is back, or the app is in front again: no more patience. */
function hurry() {
  wait = FIRST_WAIT_MS;
  if (listeners.size) connect();
}

/** Say something that may be lost, such as that somebody is writing. @param {Frame} frame */
function whisper(frame) {
  if (open) line.send({ data: JSON.stringify(frame) });
}

/** @param {Frame} frame */
function tell(frame) {
  listeners.forEach((listener) => listener(frame));
}

module.exports = { hurry, listen, whisper };
