/* The server's addresses for conversations, one function each. */

const api = require('../../lib/api');

const { act, create, query, read, safe } = api;

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

const paths = {
  /** @param {string} id */
  thread: (id) => `/threads/${safe(id)}`,
  /** @param {string} id @param {number} [before] */
  messages: (id, before) => `/threads/${safe(id)}/messages` + query({ before: before || undefined }),
  /** @param {string} id @param {number} seq @param {string} file */
  file: (id, seq, file) => `/threads/${safe(id)}/messages/${seq}/files/${safe(file)}`,
};

/** What is on its way into a thread begins so in the queue. @param {string} id */
const about = (id) => `say:${id}:`;

module.exports = {
  about,
  paths,
  /** @returns {Promise<Read<{items: Api.Group[]}>>} */
  getGroups: () => read('/groups'),
  /** @param {string} id @returns {Promise<Read<Api.Thread>>} */
  getThread: (id) => read(paths.thread(id)),
  /** The newest, or those before a number. @param {string} id @param {number} [before] @returns {Promise<Read<Api.ThreadPage>>} */
  getMessages: (id, before) => read(paths.messages(id, before)),
  /** Those after a number. @param {string} id @param {number} after @returns {Promise<Api.ThreadPage>} */
  getLater: (id, after) => act({ path: paths.messages(id) + query({ after }) }),
  /**
   * Words in a conversation, from the newest or `before` a number back; without an id in all of mine. What is looked for is kept nowhere.
   * @param {string} id @param {string} q @param {number} before @returns {Promise<{items: Api.Message[], before: number}>}
   */
  search: (id, q, before) => act({ path: (id ? `${paths.thread(id)}/search` : '/messages') + query({ q, before: before || undefined }) }),
  /** What came since, and what changed. @param {string} id @param {number} after @param {string} since @returns {Promise<Api.News>} */
  getNews: (id, after, since) => act({
    path: '/threads/news', method: 'POST', body: { seen: [{ thread: id, after }], since: since || null },
  }),
  /** Whether it rings for me. @param {string} id @param {boolean} muted */
  mute: (id, muted) => act({ path: `${paths.thread(id)}/muted`, method: 'PUT', body: { muted } }),
  /** @param {string} id @param {number} seq */
  noteRead: (id, seq) => act({ path: `${paths.thread(id)}/read`, method: 'PUT', body: { seq } }),
  /** @param {string} id @param {number} seq @param {'got' | 'praise'} mark @returns {Promise<Api.Count>} */
  tapMark: (id, seq, mark) => act({ path: `${paths.messages(id)}/${seq}/marks/${mark}`, method: 'PUT' }),
  /** @param {string} id @param {number} seq */
  takeBack: (id, seq) => act({ path: `${paths.messages(id)}/${seq}/recall`, method: 'POST' }),
  /** @param {string} id @param {number} seq */
  hide: (id, seq) => act({ path: `${paths.messages(id)}/${seq}`, method: 'DELETE' }),
  /** Whom I can call by name there. @param {string} id @returns {Promise<Read<Api.People>>} */
  getPeople: (id) => read(`${paths.thread(id)}/people`),
  /** @param {string} group @returns {Promise<Read<Api.Members>>} */
  getMembers: (group) => read(`/groups/${safe(group)}/members`),
  /** @param {string} group @param {string} mode @returns {Promise<Api.Group>} */
  setMode: (group, mode) => act({ path: `/groups/${safe(group)}`, method: 'PUT', body: { mode } }),
  /** To whom I can hand it. @param {string} id @returns {Promise<Read<{items: Api.Teacher[]}>>} */
  getColleagues: (id) => read(`${paths.thread(id)}/colleagues`),
  /** @param {string} id @param {string} colleague */
  handOver: (id, colleague) => act({ path: `${paths.thread(id)}/handover`, method: 'POST', body: { colleague } }),
  /** @param {string} id @param {string} state @returns {Promise<Api.Thread>} */
  setState: (id, state) => act({ path: `${paths.thread(id)}/state`, method: 'PUT', body: { state } }),
  /** Have a message looked at. @param {string} message its id @param {string} why @param {string} key */
  report: (message, why, key) => create('/reports', { kind: 'message', id: message, why }, key),
  /** @param {string} group @returns {Promise<Api.Thread>} */
  ask: (group) => act({ path: `/groups/${safe(group)}/question`, method: 'POST' }),
  /** @param {string} child @returns {Promise<Read<{items: Api.Teacher[]}>>} */
  getTeachers: (child) => read(`/children/${safe(child)}/teachers`),
  /** @param {string} child @param {string} teacher @returns {Promise<Api.Thread>} */
  writeAbout: (child, teacher) => act({ path: `/children/${safe(child)}/threads`, method: 'POST', body: { teacher } }),
  /** @param {string} child @param {{title: string, text: string}} said @param {string} key @returns {Promise<Api.Thread>} */
  giveFeedback: (child, said, key) => create(`/children/${safe(child)}/feedback`, said, key),

  /** Not by the queue: who says that it is urgent stays until it is said. @param {string} id @param {object} said @param {string} key @returns {Promise<{message: Api.Message}>} */
  sayUrgent: (id, said, key) => create(paths.messages(id), { kind: 'text', ...said }, key),

  /**
   * For the queue: something that is said. @param {string} id @param {string} text
   * @param {{reply_to?: number, mentions?: string[], all?: boolean}} [more]
   */
  saying(id, text, more = {}) {
    const key = api.newKey();
    return {
      about: about(id) + key, path: paths.messages(id), method: /** @type {const} */ ('POST'), key,
      body: { kind: 'text', text, ...more },
    };
  },
  /**
   * For the queue: pictures, a file or a voice, which go up first. @param {string} id @param {'picture' | 'file' | 'voice'} kind
   * @param {import('../../lib/uploads').Attached[]} files
   */
  showing(id, kind, files) {
    const key = api.newKey();
    return {
      about: about(id) + key, path: paths.messages(id), method: /** @type {const} */ ('POST'), key,
      body: { kind, file_ids: /** @type {string[]} */ ([]) },
      uploads: files.map((one, at) => ({ ...one, at })),
    };
  },
  /** For the queue: a card or a link. @param {string} id @param {{kind: 'card' | 'link', text: string, card?: string, card_id?: string, link?: string}} body */
  handingOn(id, body) {
    const key = api.newKey();
    return { about: about(id) + key, path: paths.messages(id), method: /** @type {const} */ ('POST'), key, body };
  },
  /** Links that I see, as a family or as staff. @param {boolean} asStaff @returns {Promise<Read<Api.Links>>} */
  getLinks: (asStaff) => read(asStaff ? '/teaching/links' : '/links'),
  /** @returns {Promise<Read<{items: Api.OwnHomeworkRow[]}>>} */
  getOwnHomework: () => read('/teaching/homework' + query({ limit: 20 })),
};
