/* What teachers made for lessons: the server's addresses, and from its rows to what the screens show. */

const { act, query, read, safe } = require('../../lib/api');
const { fetchFresh } = require('../../lib/files');
const { fill, words } = require('../../i18n/index');

const STARS = [1, 2, 3, 4, 5];

/** @template T @typedef {import('../../lib/api').Read<T>} Read */
/** @typedef {{subject: string, grade: number, kind: string, chapter: string, cursor?: string}} Wanted */

/** @param {string} id */
const one = (id) => `/teaching/resources/${safe(id)}`;

/** @param {Api.ResourceRow} row */
function rating({ rating: { used, average } }) {
  const t = words().resources;
  if (!used) return t.notUsed;
  return average === null ? fill(t.used, { used }) : fill(t.rated, { average, used });
}

/** @param {Api.ResourceRow} row */
function line(row) {
  const t = words().resources;
  const where = [fill(t.grade, { number: row.grade }), row.subject.name, row.book].filter(Boolean).join(' ');
  return {
    id: row.id,
    title: row.title,
    kind: t.kinds[row.kind],
    where,
    chapter: row.chapter,
    from: fill(t.from, { school: row.school, author: row.author }).trim(),
    rating: rating(row),
  };
}

const TONES = { waiting: 'todo', returned: 'refused', shelved: 'done', down: 'soft', withdrawn: 'soft' };

/** How far one's own has come: a word, its colour, and what there is to be read about it. @param {Api.ResourceStanding} standing */
function stand({ stand: where, tier, by, reason, words: outcome, revision }) {
  const t = words().resources;
  const named = tier ? t.tiers[tier] : '';
  const hasReason = where === 'returned' || where === 'down';
  return {
    stand: fill(t.stands[where], { tier: named }),
    tone: TONES[where],
    reason: hasReason && reason ? fill(t.because, { by, what: t.stands[where], reason }) : '',
    words: outcome === 'pass' ? '' : t.outcomes[outcome],
    lives: where !== 'withdrawn',
    revision,
  };
}

/** 11月30日; today is called so. @param {string} day @param {string} today */
function dayName(day, today) {
  const t = words().resources;
  const [, month, date] = day.split('-').map(Number);
  return day === today ? t.today : fill(t.day, { month, date });
}

/** The lessons in which I used it, as they are read. @param {Api.ResourceLessons} lessons */
function saidLines({ said, today }) {
  return said.map(({ class_id, class_name, day }) => ({ key: `${class_id}:${day}`, class_id, day, name: `${class_name} · ${dayName(day, today)}` }));
}

/** @param {Api.ResourceFile} file */
function length({ seconds }) {
  return seconds ? fill(words().resources.minutes, { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }) : '';
}

module.exports = {
  STARS,
  dayName,
  length,
  line,
  saidLines,
  stand,
  /** @param {Wanted} wanted @returns {Promise<Read<Api.ResourceList>>} */
  list: ({ subject, grade, kind, chapter, cursor = '' }) => read('/teaching/resources' + query({ subject, grade: grade ? String(grade) : '', kind, chapter, cursor })),
  /** @param {string} id @returns {Promise<Read<Api.OneResource>>} */
  get: (id) => read(one(id)),
  /** @param {string} id @param {number} stars @returns {Promise<Api.OneResource>} */
  rate: (id, stars) => act({ path: `${one(id)}/stars`, method: 'PUT', body: { stars } }),
  /** @param {string} id @param {string} cls @param {string} day @param {boolean} used @returns {Promise<Api.OneResource>} */
  tellLesson: (id, cls, day, used) => act({ path: `${one(id)}/lessons/${safe(cls)}/${day}`, method: used ? 'PUT' : 'DELETE' }),
  /** Fetched anew each time: who has opened one has used it. @param {string} id @param {string} fileId */
  fetch: (id, fileId) => fetchFresh(`${one(id)}/files/${safe(fileId)}`),
};
