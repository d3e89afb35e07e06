/* The server's addresses for circles, one function each. */

const api = require('../../lib/api');

const { act, create, query, read, safe } = api;

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

/** @param {string} id */
const topic = (id) => `/topics/${safe(id)}`;
/** @param {string} id */
const circle = (id) => `/circles/${safe(id)}`;
/** What is hidden by who leads the circle: a topic, or a comment. @param {'topic' | 'topic_comment'} kind @param {string} id */
const hiding = (kind, id) => `${kind === 'topic' ? topic(id) : `/topic-comments/${safe(id)}`}/hiding`;

module.exports = {
  /** @returns {Promise<Read<{items: Api.Circle[]}>>} */
  getCircles: () => read('/circles'),
  /** @param {string} id @param {string | null} [cursor] @returns {Promise<Read<{circle: Api.Circle, items: Api.Topic[], next_cursor: string | null}>>} */
  getTopics: (id, cursor) => read(`${circle(id)}/topics` + query({ cursor: cursor || undefined })),
  /** @param {string} id @returns {Promise<Read<{items: Api.Taggable[]}>>} */
  getChildren: (id) => read(`${circle(id)}/children`),
  /** @param {string} id @param {{text: string, pictures: {file_id: string, child_ids: string[]}[]}} said @param {string} key @returns {Promise<Api.Topic>} */
  post: (id, said, key) => create(`${circle(id)}/topics`, said, key),
  /** @param {string} id @returns {Promise<Read<{topic: Api.Topic, circle: Api.Circle, may_comment: boolean}>>} */
  getTopic: (id) => read(topic(id)),
  /** @param {string} id */
  remove: (id) => act({ path: topic(id), method: 'DELETE' }),
  /** @param {string} id @param {boolean} liked @returns {Promise<Api.Topic>} */
  like: (id, liked) => act({ path: `${topic(id)}/like`, method: liked ? 'PUT' : 'DELETE' }),
  /** @param {string} id @param {string | null} [cursor] @returns {Promise<Read<{items: Api.TopicComment[], next_cursor: string | null}>>} */
  getComments: (id, cursor) => read(`${topic(id)}/comments` + query({ cursor: cursor || undefined })),
  /** @param {string} id @param {string} text @param {string} key @returns {Promise<Api.TopicComment>} */
  comment: (id, text, key) => create(`${topic(id)}/comments`, { text }, key),
  /** @param {string} id */
  removeComment: (id) => act({ path: `/topic-comments/${safe(id)}`, method: 'DELETE' }),
  /** @param {'topic' | 'topic_comment'} kind @param {string} id @param {string} why */
  hide: (kind, id, why) => act({ path: hiding(kind, id), method: 'PUT', body: { why } }),
  /** @param {'topic' | 'topic_comment'} kind @param {string} id */
  showAgain: (kind, id) => act({ path: hiding(kind, id), method: 'DELETE' }),
  /** @param {'topic' | 'topic_comment'} kind @param {string} id @param {string} why @param {string} key */
  report: (kind, id, why, key) => create('/reports', { kind, id, why }, key),
  /** @param {string} id @returns {Promise<Read<Api.TopicEvidence>>} */
  getEvidence: (id) => read(`${topic(id)}/evidence`),
  /** @param {string} fileId @param {string} topicId @param {'thumb' | 'full'} size */
  file: (fileId, topicId, size) => `/files/${safe(fileId)}` + query({ topic: topicId, size }),
};
