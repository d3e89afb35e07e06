/* Files by their address, fetched once in a run of the app. What a family sees of its own child's is kept with the answer
that it belongs to, for when there is no network; a teacher's phone keeps nothing of a child's, nor anybody's of a classmate. */

const api = require('../../lib/api');
const { fetchFresh, fetchKept } = require('../../lib/files');

const SIDE = 10000; // places on a picture are ten-thousandths of its sides

/** @type {Map<string, Promise<string>>} */
const fetched = new Map();

/**
 * The path of a file on this phone.
 * @param {string} address after /api/v1 @param {string} [of] the address of the answer that it is kept with; without one it is not kept
 * @returns {Promise<string>}
 */
function fetchOnce(address, of) {
  let path = fetched.get(address);
  if (!path) {
    path = of ? fetchKept(address, of) : fetchFresh(address);
    fetched.set(address, path);
    path.catch(() => fetched.delete(address));
  }
  return path;
}

/**
 * An attachment with its two addresses, what is drawn over it, and the answer that it is kept with.
 * @typedef {Api.Attachment & {thumb: string, full: string, drawn?: string, of?: string}} Shown
 */

/** What hangs on a homework itself: its notice shows it. @param {Api.Attachment[]} files @param {string} id @param {string} [of] @returns {Shown[]} */
function ofHomework(files, id, of) {
  return files.map((one) => ({ ...one, of, thumb: api.file(one.file_id, id, 'thumb'), full: api.file(one.file_id, id, 'full') }));
}

/**
 * What was handed in for it.
 * @param {Api.Attachment[]} files @param {string} homework @param {string} child @param {string} [of] only on its family's phone
 * @returns {Shown[]}
 */
function ofWork(files, homework, child, of) {
  /** @param {string} id @param {string} size */
  const address = (id, size) => `/files/${api.safe(id)}` + api.query({ homework, child, size });
  return files.map((one) => ({ ...one, of, thumb: address(one.file_id, 'thumb'), full: address(one.file_id, 'full') }));
}

/** Good work of somebody else, as the class may see it. @param {Api.Attachment[]} files @param {string} homework @param {string} child @returns {Shown[]} */
function ofPraised(files, homework, child) {
  /** @param {string} id @param {string} size */
  const address = (id, size) => `/files/${api.safe(id)}` + api.query({ praised: homework, child, size });
  return files.map((one) => ({ ...one, thumb: address(one.file_id, 'thumb'), full: address(one.file_id, 'full') }));
}

/** The picture of a mistake. @param {string} id of the file @param {string} mistake @param {string} child @param {string} of @returns {Shown} */
function ofMistake(id, mistake, child, of) {
  /** @param {string} size */
  const address = (size) => `/files/${api.safe(id)}` + api.query({ mistake, child, size });
  return { of, file_id: id, kind: 'picture', name: '', size_bytes: 0, width: null, height: null, thumb: address('thumb'), full: address('full') };
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

module.exports = { SIDE, fetchOnce, ofHomework, ofMistake, ofPraised, ofWork, overlay };
