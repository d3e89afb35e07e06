/* A voice by WeChat's recorder: one at a time, three minutes at most, kept on this phone until it has gone up. */

const uploads = require('./uploads');
const { fill, words } = require('../i18n/index');

const LONGEST_MS = 180000;

/** @typedef {import('./uploads').Attached} Attached */

/**
 * Begin; `live` says whether it listens, `done` brings what was said.
 * @param {{live: (on: boolean) => void, done: (voice: Attached) => void}} heard
 */
function start({ live, done }) {
  const t = words().handing;
  const recorder = wx.getRecorderManager();
  recorder.onStart(() => live(true));
  recorder.onError(() => {
    live(false);
    wx.showToast({ title: t.noMicrophone, icon: 'none' });
  });
  recorder.onStop(async ({ tempFilePath, fileSize, duration }) => {
    live(false);
    done(await uploads.keep(tempFilePath, fill(t.voiceName, { n: Math.round(duration / 1000) }), 'audio', fileSize));
  });
  recorder.start({ duration: LONGEST_MS, format: 'mp3' });
}

function stop() {
  wx.getRecorderManager().stop();
}

module.exports = { start, stop };
