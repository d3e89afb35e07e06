/* The server's addresses for the virtual class, one function each: a family's, then a teacher's. */

const { act, create, query, read, safe } = require('../../lib/api');

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

/** @param {string} id @param {string} child */
const own = (id, child) => `/tasklists/${safe(id)}/children/${safe(child)}`;
/** @param {string} id */
const desk = (id) => `/teaching/tasklists/${safe(id)}`;

module.exports = {
  /** A file of a list, or of what was handed in for it. @param {string} file @param {string} tasklist @param {string} child @param {'thumb' | 'full'} size */
  file: (file, tasklist, child, size) => `/files/${safe(file)}` + query({ tasklist, child, size }),

  /** @returns {Promise<Read<{children: {child_id: string, name: string, items: Api.TaskListRow[]}[]}>>} */
  getLists: () => read('/tasklists'),
  /** @param {string} id @param {string} child @returns {Promise<Read<Api.OpenedTasks>>} */
  getList: (id, child) => read(own(id, child)),
  /** @param {string} id @param {string} child @param {number} step @param {boolean} done @returns {Promise<Api.TaskWork>} */
  tick: (id, child, step, done) => act({ path: `${own(id, child)}/steps/${step}/tick`, method: 'PUT', body: { done } }),
  /** @param {string} id @param {string} child @param {number} step @param {{words: string, file_ids: string[], shared: boolean}} said @param {string} key */
  handIn: (id, child, step, said, key) => create(`${own(id, child)}/steps/${step}/piece`, said, key),
  /** @param {string} id @param {string} child @param {number} step */
  takeBack: (id, child, step) => act({ path: `${own(id, child)}/steps/${step}/piece`, method: 'DELETE' }),
  /** @param {string} id @param {string} child @param {string | null} group */
  choose: (id, child, group) => act({ path: `${own(id, child)}/group`, method: 'PUT', body: { group_id: group } }),
  /** @param {string} id @param {string} child @param {string} piece @param {string} words @param {string} key */
  say: (id, child, piece, words, key) => create(`${own(id, child)}/comments`, { piece_id: piece, words }, key),
  /** @param {string} id @param {string} child @param {string} comment */
  takeWordsBack: (id, child, comment) => act({ path: `${own(id, child)}/comments/${safe(comment)}`, method: 'DELETE' }),
  /** @param {string} id @param {string} child @param {number} step @param {string} words @param {string} key */
  ask: (id, child, step, words, key) => create(`${own(id, child)}/questions`, { step, words }, key),

  /** @returns {Promise<Read<Api.TaskOptions>>} */
  getOptions: () => read('/teaching/tasklist-options'),
  /** @param {string} cls @param {string | null} [cursor] @returns {Promise<Read<{items: Api.OwnTaskRow[], next_cursor: string | null}>>} */
  getOwnLists: (cls, cursor) => read('/teaching/tasklists' + query({ class_id: cls, cursor: cursor || undefined })),
  /** @param {Api.TaskListIn} said @param {string} key @returns {Promise<Api.TaskList>} */
  open: (said, key) => create('/teaching/tasklists', said, key),
  /** @param {string} id @returns {Promise<Read<Api.TaskDesk>>} */
  getDesk: (id) => read(desk(id)),
  /** @param {string} id @param {string} child @returns {Promise<Read<Api.TaskWork>>} */
  getWork: (id, child) => read(`${desk(id)}/children/${safe(child)}`),
  /** @param {string} id @param {string} key */
  withdraw: (id, key) => create(`${desk(id)}/withdrawal`, undefined, key),
  /** @param {string} id @param {Api.TaskGroups} groups @returns {Promise<Api.TaskGroups>} */
  arrange: (id, groups) => act({ path: `${desk(id)}/groups`, method: 'PUT', body: groups }),
  /** @param {string} id @param {string} comment @param {boolean} allow */
  decide: (id, comment, allow) => act({ path: `${desk(id)}/comments/${safe(comment)}`, method: 'PUT', body: { allow } }),
  /** @param {string} id @param {string} question @param {string} words */
  answer: (id, question, words) => act({ path: `${desk(id)}/questions/${safe(question)}`, method: 'PUT', body: { words } }),
  /** @param {string} id @param {string} question @param {boolean} shown */
  show: (id, question, shown) => act({ path: `${desk(id)}/questions/${safe(question)}/shown`, method: 'PUT', body: { shown } }),
};
