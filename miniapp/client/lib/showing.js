/* Showing a file that is on this phone already, as what it is: WeChat opens documents alone as documents. */

/** @param {{kind: string, name: string}} file @param {string} path where it is @param {() => void} fail it cannot be shown */
function show({ kind, name }, path, fail) {
  if (kind === 'picture' || kind === 'video') wx.previewMedia({ sources: [{ url: path, type: kind === 'video' ? 'video' : 'image' }], fail });
  else if (kind === 'audio') {
    const player = wx.createInnerAudioContext();
    player.src = path;
    player.onError(fail);
    player.play();
  } else wx.openDocument({ filePath: path, fileType: /** @type {any} */ (name.split('.').pop()), showMenu: true, fail });
}

module.exports = { show };
