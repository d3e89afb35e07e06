/* Who is signed in on this phone: tokens from wx.login, renewed before they end, taken once for all who wait. */

const { ApiError, OFFLINE, request } = require('./http');
const phone = require('./phone-files');

const STORED = 'session';
const CONSENTED = 'consented';
const STAYS = ['text-size', 'language']; // how this phone is read, by whoever has it
const MARGIN_MS = 60 * 1000; // renew a minute early: the phone's clock may be off

/** @type {Promise<string> | null} */
let underWay = null;

/** @returns {Api.Session | null} */
function current() {
  return wx.getStorageSync(STORED) || null;
}

/** Whether the person agreed to the privacy guide on this phone. */
function hasConsented() {
  return wx.getStorageSync(CONSENTED) === true;
}

function noteConsent() {
  wx.setStorageSync(CONSENTED, true);
}

/** A token that is valid now; signs in silently when there is none. @returns {Promise<string>} */
async function token() {
  const session = current();
  if (session && new Date(session.access_until).getTime() - MARGIN_MS > Date.now()) return session.access_token;
  return renew();
}

/**
 * New tokens: by the refresh token, or by WeChat's login. All who ask meanwhile get the same.
 * @returns {Promise<string>}
 */
function renew() {
  if (!underWay) {
    underWay = start().finally(() => {
      underWay = null;
    });
  }
  return underWay;
}

async function start() {
  const session = current();
  if (session) {
    try {
      const body = { refresh_token: session.refresh_token };
      return note((await request({ path: '/sessions/refresh', method: 'POST', body })).data);
    } catch (error) {
      if (error instanceof ApiError && error.passing) throw error;
      // Ended, or used already by an answer that never arrived: sign in anew.
      wx.removeStorageSync(STORED);
    }
  }
  const code = await loginCode();
  return note((await request({ path: '/sessions', method: 'POST', body: { code } })).data);
}

/** @returns {Promise<string>} */
function loginCode() {
  return new Promise((resolve, reject) => {
    wx.login({ success: ({ code }) => resolve(code), fail: () => reject(new ApiError(OFFLINE)) });
  });
}

/** @param {Api.Session} session */
function note(session) {
  wx.setStorageSync(STORED, session);
  return session.access_token;
}

/** Forget the person on this phone: tokens, consent, what was read, written and chosen; whatever is kept later, too. */
function forget() {
  wx.getStorageInfoSync().keys.filter((key) => !STAYS.includes(key)).forEach((key) => wx.removeStorageSync(key));
  phone.removeAll();
}

module.exports = { forget, hasConsented, noteConsent, renew, token };
