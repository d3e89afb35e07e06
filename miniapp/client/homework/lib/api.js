/* The server's addresses for homework, one function each: a family's, then a teacher's. */

const api = require('../../lib/api');

const { act, create, query, read, safe } = api;

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

const paths = {
  /** @param {string} day @param {number} days */
  evenings: (day, days) => '/homework' + query({ day, days }),
  /** @param {string} id */
  homework: (id) => `/homework/${safe(id)}`,
  /** @param {string} id @param {string} child */
  work: (id, child) => `/homework/${safe(id)}/children/${safe(child)}`,
  /** Without a subject what may be tried again today. @param {string} child @param {string} subject @param {string | null} [cursor] */
  mistakes: (child, subject, cursor) => `/children/${safe(child)}/mistakes` + query({ subject, limit: 20, cursor: cursor || undefined }),
  /** @param {string} child @param {string} mistake */
  mistake: (child, mistake) => `/children/${safe(child)}/mistakes/${safe(mistake)}`,
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
  getWork: (id, child) => read(paths.work(id, child)),

  /** Without a subject what may be tried again today. @param {string} child @param {string} subject @param {string | null} [cursor] @returns {Promise<Read<{items: Api.Mistake[], next_cursor: string | null}>>} */
  getMistakes: (child, subject, cursor) => read(paths.mistakes(child, subject, cursor)),
  /** @param {string} child @param {string} mistake @returns {Promise<Read<Api.Mistake>>} */
  getMistake: (child, mistake) => read(paths.mistake(child, mistake)),
  /** For the queue: a family enters one. @param {string} child @param {Api.MistakeIn} said @param {import('../../lib/uploads').Attached[]} pictures */
  enterMistake: (child, said, pictures) => ({
    about: `mistake:${api.newKey()}`, path: `/children/${safe(child)}/mistakes`, method: /** @type {const} */ ('POST'), body: said, key: api.newKey(),
    uploads: pictures.map((one) => ({ ...one, at: 0, field: 'file_id' })),
  }),
  /** For the queue: who marks enters one, of which nothing comes back. @param {string} id @param {string} child @param {Api.MistakeIn} said */
  enterMistakeOf: (id, child, said) => ({
    about: `mistake:${api.newKey()}`, path: `${paths.own(id)}/submissions/${safe(child)}/mistakes`, method: /** @type {const} */ ('POST'), body: said, key: api.newKey(),
  }),
  /** For the queue: said anew. @param {string} child @param {string} mistake @param {Api.MistakeWords} said */
  changeMistake: (child, mistake, said) => ({
    about: `mistake:${mistake}`, path: paths.mistake(child, mistake), method: /** @type {const} */ ('PUT'), body: said, key: api.newKey(),
  }),
  /** For the queue. @param {string} child @param {string} mistake */
  dropMistake: (child, mistake) => ({
    about: `mistake:${mistake}`, path: paths.mistake(child, mistake), method: /** @type {const} */ ('DELETE'), key: api.newKey(),
  }),
  /** Good work of the class: looked at now, and not kept. @param {string} id @param {string} child @returns {Promise<{items: Api.Praised[]}>} */
  getPraised: (id, child) => act({ path: `${paths.homework(id)}/children/${safe(child)}/praised` }),
  /** For the queue: tried again. @param {string} child @param {string} mistake @param {boolean} right */
  tryAgain: (child, mistake, right) => ({
    about: `try:${mistake}`, path: `/children/${safe(child)}/mistakes/${safe(mistake)}/tries`, method: /** @type {const} */ ('POST'),
    body: { right }, key: api.newKey(),
  }),

  /** The week that a day lies in. @param {string} child @param {string} day @returns {Promise<Read<Api.Week>>} */
  getWeek: (child, day) => read(`/children/${safe(child)}/week` + query({ day })),

  /** This term. @param {string} child @returns {Promise<Read<Api.Report>>} */
  getReport: (child) => read(`/children/${safe(child)}/report`),

  /** @returns {Promise<Read<{classes: Api.ClassToSet[]}>>} */
  getOptions: () => read('/teaching/homework-options'),
  /** @param {string} cls @param {string} day @returns {Promise<Read<Api.Budget>>} */
  getBudget: (cls, day) => read(`/teaching/classes/${safe(cls)}/evenings/${safe(day)}`),
  /** How often the classes opened its links. @param {string} id @returns {Promise<Read<{links: Api.GivenLink[]}>>} */
  getGivenLinks: (id) => read(paths.own(id) + '/links'),
  /** @param {string | null} [cursor] @returns {Promise<Read<{items: Api.OwnHomeworkRow[], next_cursor: string | null}>>} */
  getOwnList: (cursor) => read('/teaching/homework' + query({ limit: 20, cursor: cursor || undefined })),
  /** @param {string} id @returns {Promise<Read<Api.OwnHomework>>} */
  getOwn: (id) => read(paths.own(id)),
  /** @param {string} cls @returns {Promise<Read<{items: Api.PracticeRow[]}>>} */
  getShelf: (cls) => read(`/teaching/classes/${safe(cls)}/practice`),
  /** @param {string} cls @param {{subject: string, point: string, title: string, address: string}} said @param {string} key */
  putOnShelf: (cls, said, key) => create(`/teaching/classes/${safe(cls)}/practice`, said, key),
  /** @param {string} cls @param {string} id */
  takeOffShelf: (cls, id) => act({ path: `/teaching/classes/${safe(cls)}/practice/${safe(id)}`, method: 'DELETE' }),
  /** @param {string} cls @returns {Promise<Read<{pupils: {id: string, name: string}[]}>>} */
  getPupils: (cls) => read(`/teaching/classes/${safe(cls)}/pupils`),
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
  /** A child's work: a teacher's phone does not keep it. @param {string} id @param {string} child @returns {Promise<Api.TeachersSubmission>} */
  getSubmission: (id, child) => act({ path: `${paths.own(id)}/submissions/${safe(child)}` }),
  /**
   * For the queue: what is said to a version.
   * @param {string} id @param {string} child @param {Api.MarkIn} said @param {import('../../lib/uploads').Attached | null} voice
   */
  mark: (id, child, said, voice) => ({
    about: `mark:${id}:${child}`, path: `${paths.own(id)}/submissions/${safe(child)}`, method: /** @type {const} */ ('POST'),
    body: said, key: api.newKey(), uploads: voice ? [{ ...voice, at: 0, field: 'voice_file_id' }] : [],
  }),
  /** For the queue: shown to the class, or no more. @param {string} id @param {string} child @param {boolean} shown */
  praise: (id, child, shown) => ({
    about: `praise:${id}:${child}`, path: `${paths.own(id)}/submissions/${safe(child)}/praise`, method: /** @type {const} */ ('PUT'),
    body: { shown }, key: api.newKey(),
  }),
  /** @returns {Promise<Read<Api.Calibration>>} */
  getCalibration: () => read('/teaching/calibration'),
};
