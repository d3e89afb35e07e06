/* The server's addresses about people, one function each: my children and my data, and a class's families. */

const api = require('./api');

const { create, query, read, safe } = api;

/** @template T @typedef {import('./api').Read<T>} Read */

/** @param {string} cls */
const invitation = (cls) => `/teaching/classes/${safe(cls)}/invitation`;
/** @param {string} child @param {string} person */
const binding = (child, person) => `/teaching/bindings/${safe(child)}/${safe(person)}`;
/** @param {string} child */
const familyFiles = (child) => `/children/${safe(child)}/files`;

module.exports = {
  // ---- a guardian
  /** @returns {Promise<Read<Api.Children>>} */
  getChildren: () => read('/children'),
  /** @returns {Promise<Read<Api.Claims>>} */
  getClaims: () => read('/claims'),
  /** @param {string} child */
  leave: (child) => api.act({ path: `/bindings/${safe(child)}`, method: 'DELETE' }),
  /** @param {string} code what the phone button gave @param {string} key @returns {Promise<{digits: string}>} */
  learnDigits: (code, key) => create('/phone', { code }, key),
  /** @returns {Promise<Read<Api.Consents>>} */
  getConsents: () => read('/consents'),
  /** @param {{purpose: string, decision: 'yes' | 'no', version: number, child_id: string}} said @returns {Promise<Api.Consents>} */
  decideConsent: (said) => api.act({ path: '/consents', method: 'PUT', body: said }),
  /** @param {string} child @returns {Promise<Read<Api.FamilyFiles>>} */
  getFamilyFiles: (child) => read(familyFiles(child)),
  /** @param {string} child @param {string} key @returns {Promise<Api.FamilyFile>} */
  askFamilyFile: (child, key) => create(familyFiles(child), undefined, key),
  /** @param {string} id */
  familyFile: (id) => `/family_files/${safe(id)}`,
  /** @returns {Promise<Read<Api.OwnErasure>>} */
  getErasure: () => read('/me/erasure'),
  /** @param {string} key @returns {Promise<Api.OwnErasure>} */
  askErasure: (key) => create('/me/erasure', undefined, key),
  /** @returns {Promise<Api.OwnErasure>} */
  keepData: () => api.act({ path: '/me/erasure', method: 'DELETE' }),
  signOutEverywhere: () => api.act({ path: '/sessions/all', method: 'DELETE' }),

  // ---- for the queue: what may be tapped without a network
  /** Agree to another adult or not. @param {string} id @param {boolean} approve @param {string} key */
  decision: (id, approve, key) => ({
    path: `/claims/${safe(id)}/decision`, method: /** @type {const} */ ('POST'), body: { approve }, key,
  }),
  /** Ask the school after the family's no. @param {string} id @param {string} key */
  appeal: (id, key) => ({ path: `/claims/${safe(id)}/appeal`, method: /** @type {const} */ ('POST'), key }),
  /** Take one's own request back. @param {string} id @param {string} key */
  withdrawal: (id, key) => ({ path: `/claims/${safe(id)}`, method: /** @type {const} */ ('DELETE'), key }),

  // ---- a class's teachers
  /** @param {string} cls @returns {Promise<Read<Api.ClassFamilies>>} */
  getFamilies: (cls) => read(`/teaching/classes/${safe(cls)}/families`),
  /** @param {string} child @param {string} person @returns {Promise<Read<Api.Binding>>} */
  getBinding: (child, person) => read(binding(child, person)),
  /** @param {string} child @param {string} person @param {object} noted @returns {Promise<Api.Binding>} */
  noteBinding: (child, person, noted) => api.act({ path: binding(child, person), method: 'PUT', body: noted }),
  /** @param {string} child @param {string} person @param {string} reason @param {string} key */
  endBinding: (child, person, reason, key) => create(`${binding(child, person)}/ending`, { reason }, key),
  /** @param {string} child @param {string} key */
  beginTrial: (child, key) => create('/teaching/trials', { child_id: child }, key),
  /** @returns {Promise<Read<{items: Api.Approval[]}>>} */
  getApprovals: () => read('/teaching/claims'),
  /** @param {string} id @returns {Promise<Read<Api.ApprovalDetail>>} */
  getApproval: (id) => read(`/teaching/claims/${safe(id)}`),
  /** @param {string} id @param {{approve: boolean, child_id?: string}} said @param {string} key */
  decideApproval: (id, said, key) => create(`/teaching/claims/${safe(id)}/decision`, said, key),
  /** @param {string} cls @returns {Promise<Read<Api.ClassInvitation>>} */
  getInvitation: (cls) => read(invitation(cls)),
  /** @param {string} cls @param {boolean} renew @param {string} key @returns {Promise<Api.ClassInvitation>} */
  invite: (cls, renew, key) => create(invitation(cls), { renew }, key),
  /** @param {string} cls @returns {Promise<Api.ClassInvitation>} */
  revoke: (cls) => api.act({ path: invitation(cls), method: 'DELETE' }),
  /** @param {string} cls @param {'account' | 'mini'} kind */
  invitationPicture: (cls, kind) => `${invitation(cls)}/picture` + query({ kind }),
};
