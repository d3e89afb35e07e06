/* Attachments: fetched with the person's token, since a picture's address alone opens nothing. */

const config = require('../config');
const api = require('./api');
const { ApiError, OFFLINE, PREFIX } = require('./http');
const keptFiles = require('./kept-files');
const session = require('./session');

/** What could not be kept beyond this run of the app, by address. @type {Map<string, string>} */
const fetched = new Map();

/**
 * The path of a file of a notice on this phone. What was opened once is kept with its notice, for when there is no network.
 * @param {string} fileId @param {string} noticeId @param {'thumb' | 'full'} size
 * @returns {Promise<string>}
 */
function fetchFile(fileId, noticeId, size) {
  return fetchKept(api.file(fileId, noticeId, size), api.paths.notice(noticeId));
}

/**
 * The same of any file that belongs to a kept answer, and goes with it.
 * @param {string} address after /api/v1 @param {string} of the address of the answer
 * @returns {Promise<string>}
 */
async function fetchKept(address, of) {
  const known = (await keptFiles.find(address)) || fetched.get(address);
  if (known) return known;
  const fresh = await fetchFresh(address);
  const path = await keptFiles.keep(address, of, fresh);
  if (path === fresh) fetched.set(address, path);
  return path;
}

/** The path of what an address gives now, fetched anew. @param {string} address after /api/v1 @returns {Promise<string>} */
async function fetchFresh(address) {
  return download(config.base + PREFIX + address, await session.token());
}

/** Under way, or had in this run of the app, by address. @type {Map<string, Promise<string>>} */
const had = new Map();

/** The path of a file on this phone, fetched once in a run of the app and kept no longer. @param {string} address @returns {Promise<string>} */
function fetchOnce(address) {
  let path = had.get(address);
  if (!path) {
    path = fetchFresh(address);
    had.set(address, path);
    path.catch(() => had.delete(address));
  }
  return path;
}

/** @param {string} url @param {string} token @returns {Promise<string>} */
function download(url, token) {
  return new Promise((resolve, reject) => {
    wx.downloadFile({
      url,
      header: { Authorization: `Bearer ${token}` },
      success({ statusCode, tempFilePath }) {
        if (statusCode === 200) resolve(tempFilePath);
        else reject(new ApiError(String(statusCode), '', {}, statusCode));
      },
      fail: () => reject(new ApiError(OFFLINE)),
    });
  });
}

module.exports = { fetchFile, fetchFresh, fetchKept, fetchOnce };
