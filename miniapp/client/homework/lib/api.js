/* The server's addresses for homework, one function each: a family's, then a teacher's. */

const api = require('../../lib/api');

const { act, create, query, read, safe } = api;

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

const paths = {
  /** @param {string} day @param {number} days */
  evenings: (day, days) => '/homework' + query({ day, days }),
  /** @param {string} id */
  homework: (id) => `/homework/${safe(id)}`,
  /** @param {string} id */
  own: (id) => `/teaching/homework/${safe(id)}`,
};

module.exports = {
  paths,
  /** @param {string} day @param {number} days @returns {Promise<Read<{evenings: Api.EveningRow[]}>>} */
  getEvenings: (day, days) => read(paths.evenings(day, days)),
  /** @param {string} id @returns {Promise<Read<Api.Homework>>} */
  getHomework: (id) => read(paths.homework(id)),
  /** For the queue: how long it took, null takes the answer back. @param {string} id @param {string} child @param {number | null} minutes */
  took: (id, child, minutes) => ({
    about: `took:${id}:${child}`, path: `${paths.homework(id)}/children/${safe(child)}/took`, method: /** @type {const} */ ('PUT'),
    body: { minutes }, key: api.newKey(),
  }),

  /** @param {string} id @param {string} child @returns {Promise<Read<Api.ChildWork>>} */
  getWork: (id, child) => read(`${paths.homework(id)}/children/${safe(child)}`),

  /** Without a subject what may be tried again today. @param {string} child @param {string} subject @param {string | null} [cursor] @returns {Promise<Read<{items: Api.Mistake[], next_cursor: string | null}>>} */
  getMistakes: (child, subject, cursor) => read(`/children/${safe(child)}/mistakes` + query({ subject, limit: 20, cursor: cursor || undefined })),
  /** For the queue: a picture that was handed in goes into the book. @param {string} child @param {string} id @param {string} fileId */
  keepMistake: (child, id, fileId) => ({
    about: `mistake:${id}:${fileId}`, path: `/children/${safe(child)}/mistakes`, method: /** @type {const} */ ('POST'),
    body: { homework_id: id, file_id: fileId }, key: api.newKey(),
  }),
  /** For the queue: tried again. @param {string} child @param {string} mistake @param {boolean} right */
  tryAgain: (child, mistake, right) => ({
    about: `try:${mistake}`, path: `/children/${safe(child)}/mistakes/${safe(mistake)}/tries`, method: /** @type {const} */ ('POST'),
    body: { right }, key: api.newKey(),
  }),

  /** @returns {Promise<Read<{classes: Api.ClassToSet[]}>>} */
  getOptions: () => read('/teaching/homework-options'),
  /** @param {string} cls @param {string} day @returns {Promise<Read<Api.Budget>>} */
  getBudget: (cls, day) => read(`/teaching/classes/${safe(cls)}/evenings/${safe(day)}`),
  /** @param {string | null} [cursor] @returns {Promise<Read<{items: Api.OwnHomeworkRow[], next_cursor: string | null}>>} */
  getOwnList: (cursor) => read('/teaching/homework' + query({ limit: 20, cursor: cursor || undefined })),
  /** @param {string} id @returns {Promise<Read<Api.OwnHomework>>} */
  getOwn: (id) => read(paths.own(id)),
  /** @param {Api.HomeworkIn} said @param {string} key @returns {Promise<Api.OwnHomework>} */
  set: (said, key) => create('/teaching/homework', said, key),
  /** @param {string} id @param {Api.HomeworkIn & {attempts: number}} said @returns {Promise<Api.OwnHomework>} */
  change: (id, said) => act({ path: paths.own(id), method: 'PUT', body: said }),
  /** @param {string} id @param {string} key */
  withdraw: (id, key) => create(`${paths.own(id)}/withdrawal`, undefined, key),
  /** @param {string} id @param {string} why @param {string} key @returns {Promise<Api.OwnHomework>} */
  askForMore: (id, why, key) => create(`${paths.own(id)}/overruns`, { why }, key),
  /** @param {string} id @returns {Promise<Read<{overruns: Api.OwnOverrun[]}>>} */
  getOwnOverruns: (id) => read(`${paths.own(id)}/overruns`),
  /** @returns {Promise<Read<{overruns: Api.Overrun[]}>>} */
  getOverruns: () => read('/teaching/overruns'),
  /** @param {string} id @param {boolean} allow @param {string} reason @param {string} key */
  decide: (id, allow, reason, key) => create(`/teaching/overruns/${safe(id)}/decision`, { allow, reason }, key),
  /** @param {string} id @param {string} cls @returns {Promise<Read<Api.Pile>>} */
  getPile: (id, cls) => read(`${paths.own(id)}/submissions` + query({ class_id: cls })),
  /** @param {string} id @param {string} cls @param {string} key @returns {Promise<{count: number}>} */
  seeAll: (id, cls, key) => create(`${paths.own(id)}/submissions`, { class_id: cls }, key),
  /** @param {string} id @param {string} child @returns {Promise<Read<Api.Submission>>} */
  getSubmission: (id, child) => read(`${paths.own(id)}/submissions/${safe(child)}`),
  /** For the queue: what is said to a version. @param {string} id @param {string} child @param {Api.MarkIn} said */
  mark: (id, child, said) => ({
    about: `mark:${id}:${child}`, path: `${paths.own(id)}/submissions/${safe(child)}`, method: /** @type {const} */ ('POST'),
    body: said, key: api.newKey(),
  }),
  /** @returns {Promise<Read<Api.Calibration>>} */
  getCalibration: () => read('/teaching/calibration'),
};
