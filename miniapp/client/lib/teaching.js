/* The server's addresses for who teaches, one function each. */

const api = require('./api');

const { query, read, safe } = api;

const paths = {
  /** @param {string | null} [cursor] */
  own: (cursor) => '/teaching/notices' + query({ limit: 20, cursor: cursor || undefined }),
  /** @param {string} id */
  ownNotice: (id) => `/teaching/notices/${safe(id)}`,
  /** @param {string} id @param {string} [cls] */
  receipts: (id, cls) => `/notices/${safe(id)}/receipts` + query({ class: cls }),
  /** @param {string} id @param {string} child @param {string} person */
  ledger: (id, child, person) => `/notices/${safe(id)}/receipts/${safe(child)}/${safe(person)}`,
};

module.exports = {
  paths,
  /** @param {string | null} [cursor] @returns {Promise<import('./api').Read<{items: Api.OwnNoticeRow[], next_cursor: string | null}>>} */
  getOwnNotices: (cursor) => read(paths.own(cursor)),
  /** @param {string} id @returns {Promise<import('./api').Read<Api.OwnNotice>>} */
  getOwnNotice: (id) => read(paths.ownNotice(id)),
  /** What may be hung on what is written for a class; for the first one of mine without. @param {string} classId @returns {Promise<import('./api').Read<{links: Api.Attachable[]}>>} */
  getAttachable: (classId) => read('/teaching/attachable-links' + query({ class_id: classId })),
  /** How often the classes opened a notice's links. @param {string} id @returns {Promise<import('./api').Read<{links: Api.GivenLink[]}>>} */
  getGivenLinks: (id) => read(paths.ownNotice(id) + '/links'),
  /** How far some notices got. @param {string[]} ids @returns {Promise<import('./api').Read<{items: Api.Reached[]}>>} */
  getReached: (ids) => read('/teaching/reached' + query({ ids: ids.join(',') })),
  /** @param {string[]} classIds @returns {Promise<import('./api').Read<Api.Forecast>>} */
  getForecast: (classIds) => read('/teaching/forecast' + query({ classes: classIds.join(',') })),
  /** @param {string} id @param {string} [cls] @returns {Promise<import('./api').Read<Api.Receipts>>} */
  getReceipts: (id, cls) => read(paths.receipts(id, cls)),
  /** @param {string} id @param {string} child @param {string} person @returns {Promise<import('./api').Read<Api.Ledger>>} */
  getLedger: (id, child, person) => read(paths.ledger(id, child, person)),
  /** @param {string} id @returns {Promise<import('./api').Read<Api.NextReminder>>} */
  getNextReminder: (id) => read(`/notices/${safe(id)}/reminders`),
  /** @param {string} id @param {number} number @param {string} key @returns {Promise<{due_at: string, later: boolean}>} */
  remind: (id, number, key) => api.create(`/notices/${safe(id)}/reminders`, { number }, key),
  /** @param {string} id @param {object} said @param {string} key @returns {Promise<Api.OwnNoticeRow>} */
  correct: (id, said, key) => api.act({ path: `/notices/${safe(id)}`, method: 'PUT', body: said, header: { 'Idempotency-Key': key } }),
  /** @param {string} id */
  withdraw: (id) => api.act({ path: `/notices/${safe(id)}`, method: 'DELETE' }),
  /** @param {string} placeId */
  actAt: (placeId) => api.act({ path: '/acting', method: 'POST', body: { place_id: placeId } }),
  /** @param {string} id @param {string} child @param {string} person */
  signature: (id, child, person) => paths.ledger(id, child, person) + '/signature',
  /** @param {string} id */
  sheet: (id) => `/notices/${safe(id)}/export`,
};
