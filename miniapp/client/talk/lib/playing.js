/* One voice at a time is heard; who begins another stops the one before. */

/** @type {{player: any, over: () => void} | null} */
let now = null;

/** @param {string} path of a file on this phone @param {() => void} over it has ended, was stopped, or could not be played */
function play(path, over) {
  stop();
  wx.setInnerAudioOption({ obeyMuteSwitch: false }); // who taps it wants to hear it, ringer or not
  const player = wx.createInnerAudioContext();
  now = { player, over };
  player.onEnded(() => now && now.player === player && stop());
  player.onError(() => now && now.player === player && stop());
  player.src = path;
  player.play();
}

function stop() {
  if (!now) return;
  const { player, over } = now;
  now = null;
  player.stop();
  player.destroy();
  over();
}

module.exports = { play, stop };
