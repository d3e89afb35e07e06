/* The server's addresses for activities and leave, one function each. */

const api = require('../../lib/api');

const { create, query, read, safe } = api;

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

/** @param {string} id */
const own = (id) => `/teaching/activities/${safe(id)}`;

module.exports = {
  /** @returns {Promise<Read<{items: Api.AskedRow[]}>>} */
  getAsked: () => read('/activities'),
  /** @param {string} id @returns {Promise<Read<Api.AskedActivity>>} */
  getActivity: (id) => read(`/activities/${safe(id)}`),
  /** @param {string} id @param {string} child @param {Api.AnswerIn[]} answers @param {string} key @returns {Promise<{said: string, subject: Api.AskedSubject}>} */
  answer: (id, child, answers, key) => create(`/activities/${safe(id)}/answers`, { child_id: child, answers }, key),
  /** @param {string} id @param {string} child @param {string} key @returns {Promise<Api.AskedSubject>} */
  takeBack: (id, child, key) => create(`/activities/${safe(id)}/withdrawal`, { child_id: child }, key),
  /** @returns {Promise<Read<{classes: {id: string, name: string}[], staff: boolean}>>} */
  getOptions: () => read('/teaching/activity-options'),
  /** @param {string | null} [cursor] @returns {Promise<Read<{items: Api.ActivityRow[], next_cursor: string | null}>>} */
  getOwnList: (cursor) => read('/teaching/activities' + query({ limit: 20, cursor: cursor || undefined })),
  /** @param {Api.ActivityIn} said @param {string} key @returns {Promise<Api.ActivityRow>} */
  publish: (said, key) => create('/teaching/activities', said, key),
  /** @param {string} id @returns {Promise<Read<Api.OwnActivity>>} */
  getResults: (id) => read(own(id)),
  /** @param {string} id @param {string} until empty: now @param {string} key @returns {Promise<Api.ActivityRow>} */
  setDeadline: (id, until, key) => create(`${own(id)}/deadline`, { closes_at: until }, key),
  /** @param {string} id @param {Api.ActivityChange} said @param {string} key @returns {Promise<Api.ActivityRow>} */
  change: (id, said, key) => create(`${own(id)}/change`, said, key),
  /** @param {string} id @param {string} key */
  withdraw: (id, key) => create(`${own(id)}/withdrawal`, undefined, key),
  /** @param {string} id */
  sheet: (id) => `${own(id)}/export`,
  /** @returns {Promise<Read<{items: Api.Leave[]}>>} */
  getLeaves: () => read('/leaves'),
  /** @param {string} child @param {Api.LeaveIn} said @param {string} key @returns {Promise<Api.Leave>} */
  askLeave: (child, said, key) => create(`/children/${safe(child)}/leaves`, said, key),
  /** @param {string} id @param {string} key @returns {Promise<Api.Leave>} */
  withdrawLeave: (id, key) => create(`/leaves/${safe(id)}/withdrawal`, undefined, key),
  /** @returns {Promise<Read<{items: Api.Leave[]}>>} */
  getClassLeaves: () => read('/teaching/leaves'),
  /** @param {string} id @param {boolean} approve @param {string} reply @param {string} key @returns {Promise<Api.Leave>} */
  decide: (id, approve, reply, key) => create(`/teaching/leaves/${safe(id)}/decision`, { approve, reply }, key),
};
