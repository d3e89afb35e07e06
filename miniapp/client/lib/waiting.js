/* Why something that was tapped has not reached the server yet, in one line. */

const { fill, words } = require('../i18n/index');
const queue = require('./queue');

/** No network, or it was too much and goes on by itself. @param {string} about as the queue knows it */
function whyWaiting(about) {
  const n = queue.minutes(queue.under(about).filter((act) => act.about === about));
  const { common, notice } = words();
  return n ? fill(common.rests, { n }) : notice.queued;
}

module.exports = { whyWaiting };
