/* Files on their way up: chosen, kept on this phone so that they outlive a killed app, sent once each. */

const api = require('./api');
const phone = require('./phone-files');
const { sendPieces } = require('./pieces');

const MOST_BYTES = 50 * 1024 * 1024; // the server's limit (domain/files.py); a test holds them and the words together
const LARGE_BYTES = 256 * 1024; // more than a poor line carries in one go
const PATIENCE_MS = 120000;
const DOCUMENTS = ['pdf', 'doc', 'docx', 'xls', 'xlsx', 'ppt', 'pptx'];
const KINDS = { picture: ['jpg', 'jpeg', 'png', 'gif', 'webp'], video: ['mp4', 'mov'], audio: ['mp3', 'm4a', 'aac', 'wav'] };
const { GONE } = phone;

/**
 * A file of a draft. `path` is where it is on this phone, empty when it is on the server only; `id` is the
 * server's, empty until it has gone up; `child` whose it is, of a family's; `to` the address that it goes to in pieces,
 * where that is its own; `of` the resource that is being worked over with it.
 * @typedef {{key: string, name: string, kind: string, size: number, path: string, id: string, child?: string, to?: string, of?: string}} Attached
 */

/** Under way by key: who asks meanwhile waits for the same. @type {Map<string, Promise<string>>} */
const underWay = new Map();
/** Who wants to know how far one is. @type {Set<(key: string, share: number) => void>} */
const watchers = new Set();

/**
 * Pictures from the album or the camera, made smaller by WeChat; none when nothing was chosen.
 * @param {number} count @returns {Promise<Attached[]>}
 */
async function choosePictures(count) {
  /** @type {any[]} */
  const chosen = await new Promise((resolve) => {
    wx.chooseMedia({
      count, mediaType: ['image'], sizeType: ['compressed'], sourceType: ['album', 'camera'],
      success: ({ tempFiles }) => resolve(tempFiles), fail: () => resolve([]),
    });
  });
  return Promise.all(chosen.map(({ tempFilePath, size }, index) => keep(tempFilePath, `${index + 1}.jpg`, 'picture', size)));
}

/** Documents out of a chat, where teachers have them. @param {number} count @returns {Promise<Attached[]>} */
async function chooseDocuments(count) {
  /** @type {any[]} */
  const chosen = await new Promise((resolve) => {
    wx.chooseMessageFile({
      count, type: 'file', extension: DOCUMENTS,
      success: ({ tempFiles }) => resolve(tempFiles), fail: () => resolve([]),
    });
  });
  return Promise.all(chosen.map(({ path, name, size }) => keep(path, name, 'document', size)));
}

/** A film from the album or the camera. @returns {Promise<Attached[]>} */
async function chooseFilm() {
  /** @type {any[]} */
  const chosen = await new Promise((resolve) => {
    wx.chooseMedia({
      count: 1, mediaType: ['video'], sourceType: ['album', 'camera'], maxDuration: 60,
      success: ({ tempFiles }) => resolve(tempFiles), fail: () => resolve([]),
    });
  });
  return Promise.all(chosen.map(({ tempFilePath, size }) => keep(tempFilePath, `1.${endingOf(tempFilePath) || 'mp4'}`, 'video', size)));
}

/** Whatever there is in a chat: documents, pictures, films. @param {number} count @returns {Promise<Attached[]>} */
async function chooseFromChat(count) {
  /** @type {any[]} */
  const chosen = await new Promise((resolve) => {
    wx.chooseMessageFile({ count, type: 'all', success: ({ tempFiles }) => resolve(tempFiles), fail: () => resolve([]) });
  });
  return Promise.all(chosen.map(({ path, name, size }) => keep(path, name, kindOf(name), size)));
}

/** @param {string} name */
function endingOf(name) {
  const [, ending] = /\.([a-z0-9]{1,5})$/i.exec(name) || ['', ''];
  return ending.toLowerCase();
}

/** @param {string} name */
function kindOf(name) {
  const [kind] = Object.entries(KINDS).find(([, endings]) => endings.includes(endingOf(name))) || ['document'];
  return kind;
}

/**
 * What WeChat hands out is gone with the app; what is kept stays. One that cannot be kept is sent from where it is.
 * @param {string} tempFilePath @param {string} name @param {string} kind @param {number} size
 * @returns {Promise<Attached>}
 */
async function keep(tempFilePath, name, kind, size) {
  const path = (await phone.save(tempFilePath)) || tempFilePath;
  return { key: api.newKey(), name, kind, size, path, id: '' };
}

/** A picture made by this app. @param {string} tempFilePath @param {string} name @returns {Promise<Attached>} */
async function keepPicture(tempFilePath, name) {
  return keep(tempFilePath, name, 'picture', await phone.weigh(tempFilePath));
}

/** Send it, unless it is there already; returns the server's id. @param {Attached} attached @returns {Promise<string>} */
function send(attached) {
  const { key, id } = attached;
  if (id) return Promise.resolve(id);
  let sending = underWay.get(key);
  if (!sending) {
    sending = sendNow(attached).finally(() => underWay.delete(key));
    underWay.set(key, sending);
  }
  return sending;
}

/** @param {Attached} attached @returns {Promise<string>} */
async function sendNow({ key, name, path, child, to, of }) {
  const size = await phone.weigh(path);
  if (to || size > LARGE_BYTES) return sendPieces({ name, path, size, child, to, of }, key, (share) => watchers.forEach((watcher) => watcher(key, share)));
  const body = await phone.read(path, 0, size);
  const header = { 'content-type': 'application/octet-stream', 'Idempotency-Key': key };
  const stored = await api.act({ path: '/files' + api.query({ name, child }), method: 'POST', body, header, patience: PATIENCE_MS });
  return stored.file_id;
}

/** Hear how much of a large file is there, from 0 to 1. Returns what stops it. @param {(key: string, share: number) => void} watcher */
function watch(watcher) {
  watchers.add(watcher);
  return () => {
    watchers.delete(watcher);
  };
}

/** Let go of what this phone kept. @param {Attached[]} attached */
function forget(attached) {
  for (const { path } of attached) {
    if (path) phone.remove(path);
  }
}

module.exports = { GONE, MOST_BYTES, chooseDocuments, chooseFilm, chooseFromChat, choosePictures, forget, keep, keepPicture, send, watch };
