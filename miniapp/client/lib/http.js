/* One request to the server: bytes out, JSON in, and every failure as one kind of error. */

const config = require('../config');

const PREFIX = '/api/v1';
const PATIENCE_MS = 15000;
const OFFLINE = 'offline';

/**
 * Why something did not work: `code` for the program, `message` for the person, `fields` by field.
 * The code `offline` means that no answer came; `rest` is for how many seconds the server wants no more of it.
 */
class ApiError extends Error {
  /** @param {string} code @param {string} [message] @param {Record<string, string>} [fields] @param {number} [status] @param {number} [rest] */
  constructor(code, message = '', fields = {}, status = 0, rest = 0) {
    super(message || code);
    this.rest = rest;
    this.code = code;
    this.fields = fields;
    this.status = status;
  }

  /** Whether the same request may succeed later without anything being changed. */
  get passing() {
    return this.code === OFFLINE || this.code === 'in_progress' || this.status >= 500 || this.status === 429;
  }
}

/**
 * @typedef {object} Call
 * @property {string} path after /api/v1, with its query
 * @property {'GET' | 'POST' | 'PUT' | 'DELETE'} [method]
 * @property {any} [body] JSON, or the bytes of a picture
 * @property {Record<string, string>} [header]
 * @property {number} [patience] milliseconds to wait for the answer
 */

/**
 * @param {Call} call
 * @returns {Promise<{status: number, data: any, etag: string}>} status 304: as before
 * @throws {ApiError}
 */
function request({ path, method = 'GET', body, header = {}, patience = PATIENCE_MS }) {
  return new Promise((resolve, reject) => {
    wx.request({
      url: config.base + PREFIX + path,
      method,
      data: body,
      header: body instanceof ArrayBuffer ? { 'content-type': 'image/png', ...header } : header,
      timeout: patience,
      success({ statusCode, data, header: answered }) {
        const answer = /** @type {any} */ (data);
        if (statusCode === 304 || (statusCode < 300 && answer && 'data' in answer)) {
          resolve({ status: statusCode, data: answer && answer.data, etag: headerOf(answered, 'etag') });
          return;
        }
        const error = (answer && answer.error) || {};
        reject(new ApiError(error.code || String(statusCode), error.message, error.fields, statusCode, Number(headerOf(answered, 'retry-after')) || 0));
      },
      fail() {
        reject(new ApiError(OFFLINE));
      },
    });
  });
}

/** Phones differ in how they write the names of headers. @param {any} header @param {string} name */
function headerOf(header, name) {
  const found = Object.keys(header || {}).find((key) => key.toLowerCase() === name);
  return found ? String(header[found]) : '';
}

module.exports = { ApiError, OFFLINE, PREFIX, request };
