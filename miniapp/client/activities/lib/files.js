/* Opening a file of an answer or a request for leave: fetched anew each time, nothing of it stays on this phone. */

const api = require('../../lib/api');
const { words } = require('../../i18n/index');
const { fetchFresh } = require('../../lib/files');
const { ApiError } = require('../../lib/http');
const { show } = require('../../lib/showing');

/** @param {Api.Attachment} file @param {{activity?: string, child?: string, leave?: string, notice?: string}} shown */
async function openFile(file, shown) {
  try {
    const path = await fetchFresh(`/files/${api.safe(file.file_id)}` + api.query(shown));
    show(file, path, failed);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    failed();
  }
}

function failed() {
  wx.showToast({ title: words().notice.fileFailed, icon: 'none' });
}

module.exports = { openFile };
