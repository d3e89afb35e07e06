/* What was opened stays readable without a network: answers of the server, the newest ones, within bounds. */

const keptFiles = require('./kept-files');

const PREFIX = 'kept:';
const INDEX = 'kept-index';
const MOST_ENTRIES = 80;
const LONGEST_CHARACTERS = 200000; // a single answer; more than any notice has

/** @typedef {{data: any, etag: string, at: number}} Kept */

/** The addresses that are kept, oldest first. @returns {string[]} */
function index() {
  return wx.getStorageSync(INDEX) || [];
}

/** @param {string} address @returns {Kept | null} */
function find(address) {
  return wx.getStorageSync(PREFIX + address) || null;
}

/**
 * Keep an answer; the oldest goes when there are too many.
 * @param {string} address @param {any} data @param {string} etag
 */
function keep(address, data, etag) {
  if (JSON.stringify(data).length > LONGEST_CHARACTERS) return;
  const addresses = index().filter((one) => one !== address);
  addresses.push(address);
  while (addresses.length > MOST_ENTRIES) forget(/** @type {string} */ (addresses.shift()));
  wx.setStorageSync(PREFIX + address, { data, etag, at: Date.now() });
  wx.setStorageSync(INDEX, addresses);
}

/** An answer goes with its files. @param {string} address */
function forget(address) {
  wx.removeStorageSync(PREFIX + address);
  keptFiles.dropOf(address);
}

/** @param {string} address */
function drop(address) {
  forget(address);
  wx.setStorageSync(INDEX, index().filter((one) => one !== address));
}

module.exports = { drop, find, keep };
