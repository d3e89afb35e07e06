/* A large file on a poor line: it goes up in pieces, and after an interruption only what is missing goes. */

const api = require('./api');
const { ApiError } = require('./http');
const phone = require('./phone-files');
const { fill, words } = require('../i18n/index');

const USUAL = '/uploads'; // where files go that say nothing else
const POLYNOMIAL = 0xedb88320;

/** The CRC-32 of some bytes in eight hexadecimal digits: the server sees that none was lost. @param {ArrayBuffer} bytes */
function crc32(bytes) {
  let rest = 0xffffffff;
  for (const byte of new Uint8Array(bytes)) {
    rest ^= byte;
    for (let bit = 0; bit < 8; bit += 1) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
  }
  return ((rest ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
}

/**
 * Send a file; `key` is its own, and the same key goes on where it stopped. Returns the server's id. Where a resource
 * has the same file already it is refused, and that one is named, unless it is the one (`of`) that it is for.
 * @param {{name: string, path: string, size: number, child?: string, to?: string, of?: string}} file @param {string} key
 * @param {(share: number) => void} tell how much is there, from 0 to 1
 * @returns {Promise<string>}
 */
async function sendPieces({ name, path: filePath, size, child, to = USUAL, of }, key, tell) {
  const announced = await announce(to, { name, size_bytes: size, ...(child ? { child } : {}) }, key);
  const all = Math.ceil(size / announced.piece_bytes);
  let there = all - announced.missing.length;
  tell(there / all);
  for (const offset of announced.missing) {
    const body = await phone.read(filePath, offset, Math.min(announced.piece_bytes, size - offset));
    const path = `${to}/${api.safe(announced.id)}/pieces` + api.query({ offset, crc32: crc32(body) });
    await api.act({ path, method: 'PUT', body, header: { 'content-type': 'application/octet-stream' } });
    there += 1;
    tell(there / all);
  }
  const done = await api.create(`${to}/${api.safe(announced.id)}/file` + api.query({ of }), undefined, announced.id);
  if (done.twin) throw new ApiError('duplicate', fill(words().filing.twin, { title: done.twin.title }), {}, 409);
  return (done.file || done).file_id;
}

/**
 * How far it is. One that was given up by the server meanwhile begins anew.
 * @param {string} to @param {{name: string, size_bytes: number, child?: string}} file @param {string} key
 * @returns {Promise<{id: string, piece_bytes: number, missing: number[]}>}
 */
async function announce(to, file, key) {
  const first = await api.create(to, file, key);
  try {
    return await api.act({ path: `${to}/${api.safe(first.id)}` });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    return api.create(to, file, api.newKey());
  }
}

module.exports = { sendPieces };
