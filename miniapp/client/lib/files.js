/* Attachments: fetched with the person's token, since a picture's address alone opens nothing. */

const config = require('../config');
const api = require('./api');
const { ApiError, OFFLINE, PREFIX } = require('./http');
const session = require('./session');

/** Fetched in this run of the app, by address. @type {Map<string, string>} */
const fetched = new Map();

/**
 * The path of a file on this phone.
 * @param {string} fileId @param {string} noticeId @param {'thumb' | 'full'} size
 * @returns {Promise<string>}
 */
async function fetchFile(fileId, noticeId, size) {
  const address = api.file(fileId, noticeId, size);
  const known = fetched.get(address);
  if (known) return known;
  const path = await fetchFresh(address);
  fetched.set(address, path);
  return path;
}

/** The path of what an address gives now, fetched anew. @param {string} address after /api/v1 @returns {Promise<string>} */
async function fetchFresh(address) {
  return download(config.base + PREFIX + address, await session.token());
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

module.exports = { fetchFile, fetchFresh };
