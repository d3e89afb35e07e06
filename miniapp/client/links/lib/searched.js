/* What was looked for lately: on this phone alone, the newest first. Signing out forgets it with everything else. */

const STORED = 'links-searched';
const MOST = 10;

/** @returns {string[]} */
const all = () => wx.getStorageSync(STORED) || [];

/** @param {string} q */
function note(q) {
  wx.setStorageSync(STORED, [q, ...all().filter((one) => one !== q)].slice(0, MOST));
}

const clear = () => wx.removeStorageSync(STORED);

module.exports = { all, clear, note };
