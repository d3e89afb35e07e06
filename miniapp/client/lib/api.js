/* The server's addresses, one function each. Screens and the queue call nothing else.

Reading: `{data, offline, at}`. Without a network it is what was seen last time, and `offline` says so.
Acting: the answer itself. What creates something takes a `key`, made once by `newKey()`: the same key
brings the same answer, however often it is sent. */

const { ApiError, request } = require('./http');
const session = require('./session');
const store = require('./store');

/** @typedef {import('./http').Call} Call */
/**
 * @template T
 * @typedef {{data: T, offline: boolean, at: number}} Read
 */

/** A key for one act: never the same twice. */
function newKey() {
  const random = () => Math.random().toString(36).slice(2, 12).padEnd(10, '0');
  return `${Date.now().toString(36)}-${random()}${random()}`;
}

/** A request by the person who is signed in; an ended session is renewed once. @param {Call} call */
async function signedIn(call) {
  /** @param {string} token */
  const attempt = (token) => request({ ...call, header: { ...call.header, Authorization: `Bearer ${token}` } });
  try {
    return await attempt(await session.token());
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    return attempt(await session.renew());
  }
}

/** @param {string} path @returns {Promise<Read<any>>} */
async function read(path) {
  const kept = store.find(path);
  try {
    /** @type {Record<string, string>} */
    const header = kept && kept.etag ? { 'If-None-Match': kept.etag } : {};
    const { status, data, etag } = await signedIn({ path, header });
    if (status === 304 && kept) return { data: kept.data, offline: false, at: Date.now() };
    store.keep(path, data, etag);
    return { data, offline: false, at: Date.now() };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (kept && error.passing) return { data: kept.data, offline: true, at: kept.at };
    if (error.status === 404) store.drop(path);
    throw error;
  }
}

/** What was read last time, at once and without asking anybody; null when it never was. @param {string} path */
function remembered(path) {
  const kept = store.find(path);
  return kept ? kept.data : null;
}

/** @param {Call} call @returns {Promise<any>} */
async function act(call) {
  return (await signedIn(call)).data;
}

/** @param {string} path @param {any} body @param {string} key */
function create(path, body, key) {
  return act({ path, method: 'POST', body, header: { 'Idempotency-Key': key } });
}

/** @param {Record<string, string | number | undefined>} values */
function query(values) {
  const parts = Object.entries(values).filter(([, value]) => value !== undefined && value !== '');
  return parts.length ? '?' + parts.map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&') : '';
}

/** @param {string} id */
const safe = (id) => encodeURIComponent(id);

const paths = {
  home: () => '/home',
  /** @param {{child?: string, filter?: string, q?: string, cursor?: string}} wanted */
  notices: ({ child, filter, q, cursor }) => '/notices' + query({ child, filter, q, limit: 20, cursor }),
  /** @param {string} id */
  notice: (id) => `/notices/${safe(id)}`,
  children: () => '/children',
};

module.exports = {
  safe,
  newKey,
  act,
  create,
  paths,
  query,
  read,
  remembered,
  /** @returns {Promise<Read<Api.Home>>} */
  getHome: () => read(paths.home()),
  /** @param {Parameters<typeof paths.notices>[0]} wanted @returns {Promise<Read<Api.NoticeList>>} */
  getNotices: (wanted) => read(paths.notices(wanted)),
  /** @param {string} id @returns {Promise<Read<Api.Notice>>} */
  getNotice: (id) => read(paths.notice(id)),
  /** @param {string} code @returns {Promise<Read<Api.Invitation>>} */
  getInvitation: (code) => read(`/invitations/${safe(code)}`),
  /** @param {{name: string, digits: string, invitation?: string}} asked @param {string} key @returns {Promise<Api.Bound>} */
  bind: (asked, key) => create('/bindings', asked, key),
  /** @returns {Promise<Read<Api.Subscriptions>>} */
  getSubscriptions: () => read('/subscriptions'),
  /** @param {Record<string, string>} results what WeChat's sheet answered, by template @param {string} prompt @returns {Promise<Api.Subscriptions>} */
  putSubscriptions: (results, prompt) => act({ path: '/subscriptions', method: 'PUT', body: { prompt, results } }),
  /** @returns {Promise<Read<Api.Quiet>>} */
  getQuiet: () => read('/quiet'),
  /** Both empty: none. @param {Api.Quiet} quiet @returns {Promise<Api.Quiet>} */
  putQuiet: (quiet) => act({ path: '/quiet', method: 'PUT', body: quiet }),
  signOut: () => act({ path: '/sessions/mine', method: 'DELETE' }),

  /** For the queue: confirm with a tap. @param {string} id @param {number} version @param {string} key */
  confirmation: (id, version, key) => ({
    path: `/notices/${safe(id)}/confirmation`, method: /** @type {const} */ ('POST'), body: { version }, key,
  }),
  /** For the queue: sign. @param {string} id @param {number} version @param {string} png in base64 @param {string} key */
  signature: (id, version, png, key) => ({
    path: `/notices/${safe(id)}/signature?version=${version}`, method: /** @type {const} */ ('POST'), png, key,
  }),
  /** @param {string} fileId @param {string} noticeId @param {'thumb' | 'full'} size */
  file: (fileId, noticeId, size) => `/files/${safe(fileId)}` + query({ notice: noticeId, size }),
};
