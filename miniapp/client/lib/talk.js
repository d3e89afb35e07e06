/* The list of conversations, which is a tab; what is in one is asked for by talk/lib/api.js. */

const api = require('./api');

module.exports = {
  /** @returns {Promise<import('./api').Read<{items: Api.Thread[], at: string}>>} */
  getThreads: () => api.read('/threads'),
};
