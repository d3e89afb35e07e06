/* A signature for something that is still being filled in: the pad is opened, and what was drawn comes back as a file. */

const uploads = require('./uploads');

/** Who waits for the pad. @type {((drawn: import('./uploads').Attached | null) => void) | null} */
let waiting = null;

/** Open the pad; null when it was left without a signature. @param {string} title @returns {Promise<import('./uploads').Attached | null>} */
function ask(title) {
  leave();
  return new Promise((resolve) => {
    waiting = resolve;
    wx.navigateTo({ url: `/pages/sign/index?title=${encodeURIComponent(title)}` });
  });
}

/** What is on the pad, kept on this phone. @param {any} canvas @param {string} name @returns {Promise<boolean>} */
async function give(canvas, name) {
  try {
    const { tempFilePath } = await wx.canvasToTempFilePath({ canvas, fileType: 'png' });
    const drawn = await uploads.keepPicture(tempFilePath, `${name}.png`);
    if (waiting) waiting(drawn);
    waiting = null;
    return true;
  } catch {
    return false; // this phone makes no picture of it
  }
}

/** Nobody waits any more. */
function leave() {
  if (waiting) waiting(null);
  waiting = null;
}

module.exports = { ask, give, leave };
