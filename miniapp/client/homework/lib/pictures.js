/* Files by their address, fetched once in a run of the app. */

const api = require('../../lib/api');
const { fetchFresh } = require('../../lib/files');

const SIDE = 10000; // places on a picture are ten-thousandths of its sides

/** @type {Map<string, Promise<string>>} */
const fetched = new Map();

/** The path of a file on this phone. @param {string} address after /api/v1 @returns {Promise<string>} */
function fetchOnce(address) {
  let path = fetched.get(address);
  if (!path) {
    path = fetchFresh(address);
    fetched.set(address, path);
    path.catch(() => fetched.delete(address));
  }
  return path;
}

/**
 * An attachment with its two addresses, and what is drawn over it.
 * @typedef {Api.Attachment & {thumb: string, full: string, drawn?: string}} Shown
 */

/** What hangs on a homework itself: its notice shows it. @param {Api.Attachment[]} files @param {string} id @returns {Shown[]} */
function ofHomework(files, id) {
  return files.map((one) => ({ ...one, thumb: api.file(one.file_id, id, 'thumb'), full: api.file(one.file_id, id, 'full') }));
}

/** What was handed in for it. @param {Api.Attachment[]} files @param {string} homework @param {string} child @returns {Shown[]} */
function ofWork(files, homework, child) {
  /** @param {string} id @param {string} size */
  const address = (id, size) => `/files/${api.safe(id)}` + api.query({ homework, child, size });
  return files.map((one) => ({ ...one, thumb: address(one.file_id, 'thumb'), full: address(one.file_id, 'full') }));
}

/** The picture of a mistake. @param {string} id of the file @param {string} mistake @param {string} child @returns {Shown} */
function ofMistake(id, mistake, child) {
  /** @param {string} size */
  const address = (size) => `/files/${api.safe(id)}` + api.query({ mistake, child, size });
  return { file_id: id, kind: 'picture', name: '', size_bytes: 0, width: null, height: null, thumb: address('thumb'), full: address('full') };
}

/**
 * What is drawn over a picture, as a picture of the same shape.
 * @param {Api.Stroke[]} strokes @param {{width: number | null, height: number | null}} size
 */
function overlay(strokes, { width, height }) {
  const wide = width || SIDE;
  const high = height || SIDE;
  const lines = strokes.map(({ colour, width: thick, points }) => {
    const placed = points.map((place, index) => Math.round((place / SIDE) * (index % 2 ? high : wide)));
    return `<polyline points="${placed.join(' ')}" stroke="${colour}" stroke-width="${Math.max(1, Math.round((thick / SIDE) * wide))}"/>`;
  });
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${wide}" height="${high}" viewBox="0 0 ${wide} ${high}" fill="none" stroke-linecap="round" stroke-linejoin="round">${lines.join('')}</svg>`;
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}

module.exports = { SIDE, fetchOnce, ofHomework, ofMistake, ofWork, overlay };
