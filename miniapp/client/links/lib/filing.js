/* A resource that a teacher is filing, or one of theirs that they are working over, kept on this phone until the server
has it: what is written, and files on their way, which go on where the line broke off. */

const api = require('../../lib/api');
const { words } = require('../../i18n/index');

const STORED = 'resource-draft';
const OWN = '/teaching/own-resources';
const FILES = `${OWN}/files`;
const TITLE_LIMIT = 60;
const CHAPTER_LIMIT = 60;
const SUMMARY_LIMIT = 500;
const WHENCE_LIMIT = 200;
const FILE_LIMIT = 10;
const SAYS_WHENCE = ['licensed', 'open'];

/** @template T @typedef {import('../../lib/api').Read<T>} Read */
/** @typedef {import('../../lib/uploads').Attached} Attached */

/**
 * @typedef {object} Form
 * @property {string} key its own: the same key is the same resource, or the same version, however often it is sent
 * @property {string} of the resource that is worked over; empty for a new one
 * @property {number} seen which revision of it
 * @property {Attached[]} attached
 * @property {string} kind
 * @property {string} title
 * @property {number} grade 0: none is chosen
 * @property {string} subject
 * @property {string} book_id
 * @property {string} chapter
 * @property {string} summary
 * @property {string} claim
 * @property {string} whence
 * @property {boolean} open
 */

/** @returns {Form} */
function fresh() {
  return { key: api.newKey(), of: '', seen: 0, attached: [], kind: '', title: '', grade: 0, subject: '', book_id: '', chapter: '', summary: '', claim: '', whence: '', open: false };
}

/** Where one is kept: a new one, or that of a resource. @param {string} [of] */
const place = (of) => (of ? `${STORED}:${of}` : STORED);

/** The one that was left while it was written, or a new one. @returns {Form} */
const current = () => ({ ...fresh(), ...wx.getStorageSync(STORED) });

/**
 * One's own as it is worked over: what was written on this phone before, else its newest version; and where it stands.
 * @param {string} of @returns {Promise<{form: Form, standing: Api.ResourceStanding}>}
 */
async function reworked(of) {
  const { files, standing, ...content } = /** @type {Read<Api.OwnContent>} */ (await api.read(`${OWN}/${api.safe(of)}/form`)).data;
  const attached = files.map(({ file_id: id, name, kind, size_bytes: size }) => ({ key: id, id, name, kind, size, path: '' }));
  const form = wx.getStorageSync(place(of)) || { ...fresh(), ...content, of, attached };
  return { form: { ...form, seen: standing.revision }, standing };
}

/** Keep it, if there is anything in it. @param {Form} form */
function keep(form) {
  if (form.of || form.attached.length || [form.title, form.chapter, form.summary].some((text) => text.trim())) wx.setStorageSync(place(form.of), form);
  else wx.removeStorageSync(STORED);
}

/** @param {string} [of] */
const clear = (of) => wx.removeStorageSync(place(of));

/** What is wrong, by field. @param {Form} form @returns {Record<string, string>} */
function problemsOf(form) {
  const t = words().filing;
  /** @type {Record<string, string>} */
  const wrong = {};
  if (!form.grade) wrong.grade = t.gradeMissing;
  if (!form.subject) wrong.subject = t.subjectMissing;
  if (!form.attached.length) wrong.file_ids = t.filesMissing;
  if (!form.kind) wrong.kind = t.kindMissing;
  if (!form.title.trim()) wrong.title = t.titleMissing;
  if (!form.chapter.trim()) wrong.chapter = t.chapterMissing;
  if (!form.summary.trim()) wrong.summary = t.summaryMissing;
  if (!form.claim) wrong.claim = t.claimMissing;
  else if (SAYS_WHENCE.includes(form.claim) && !form.whence.trim()) wrong.whence = t.whenceMissing;
  return wrong;
}

/** As the server takes it. @param {Form} form @returns {Api.ResourceIn} */
function said({ attached, kind, title, grade, subject, book_id, chapter, summary, claim, whence, open }) {
  return {
    kind, title: title.trim(), grade, subject, book_id, chapter: chapter.trim(), summary: summary.trim(), claim, open,
    whence: SAYS_WHENCE.includes(claim) ? whence.trim() : '', file_ids: attached.map(({ id }) => id),
  };
}

module.exports = {
  CHAPTER_LIMIT,
  FILES,
  FILE_LIMIT,
  SAYS_WHENCE,
  SUMMARY_LIMIT,
  TITLE_LIMIT,
  WHENCE_LIMIT,
  clear,
  current,
  keep,
  problemsOf,
  reworked,
  /** @param {number} grade @param {string} subject @returns {Promise<Read<Api.ResourceForm>>} */
  choices: (grade, subject) => api.read(`${OWN}/form` + api.query({ grade: grade || '', subject })),
  /** @returns {Promise<Read<{items: Api.OwnResource[]}>>} */
  own: () => api.read(OWN),
  /** @param {Form} form @returns {Promise<Api.OwnResource>} */
  file: (form) => (form.of
    ? api.create(`${OWN}/${api.safe(form.of)}/versions`, { ...said(form), seen: form.seen }, form.key)
    : api.create(OWN, said(form), form.key)),
  /** @param {string} id @param {number} seen @returns {Promise<Api.OwnResource>} */
  withdraw: (id, seen) => api.act({ path: `${OWN}/${api.safe(id)}` + api.query({ seen }), method: 'DELETE' }),
};
