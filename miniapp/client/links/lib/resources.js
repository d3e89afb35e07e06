/* What teachers made for lessons: the server's addresses, and from its rows to what the screens show. */

const { act, create, query, read, safe } = require('../../lib/api');
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

/** How long there still is, or since when it is late: 还有 2 天, 已超时 3 天. @param {string} dueAt */
function due(dueAt, now = Date.now()) {
  const t = words().resources;
  const seconds = (Date.parse(dueAt) - now) / 1000;
  const days = Math.floor(Math.abs(seconds) / 86400) + 1;
  return { due: fill(seconds < 0 ? t.late : t.left, { days }), isLate: seconds < 0 };
}

/** What whoever decides looks at. @param {Api.ResourceReview} review */
function reviewed(review) {
  const { resources: t, filing } = words();
  const claim = filing.claims[review.claim];
  return {
    ...due(review.due_at),
    revision: review.revision,
    claim: review.whence ? fill(t.claimed, { claim, whence: review.whence }) : claim,
    asked: review.asked && fill(t.askedBefore, { reason: review.asked }),
    words: review.words === 'pass' ? '' : t.outcomes[review.words],
    twins: review.twins.map(({ id, title }) => ({ id, name: fill(t.same, { title }) })),
    hint: fill(t.allowHint, { place: review.place }),
    up: review.above && fill(t.allowUp, { above: review.above }),
  };
}

/** @param {Api.ResourceFile} file */
function length({ seconds }) {
  return seconds ? fill(words().resources.minutes, { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }) : '';
}

module.exports = {
  STARS,
  dayName,
  due,
  length,
  line,
  reviewed,
  saidLines,
  stand,
  /** @param {Wanted} wanted @returns {Promise<Read<Api.ResourceList>>} */
  list: ({ subject, grade, kind, chapter, cursor = '' }) => read('/teaching/resources' + query({ subject, grade: grade ? String(grade) : '', kind, chapter, cursor })),
  /** @returns {Promise<Read<{items: Api.WaitingResource[]}>>} */
  waiting: () => read('/teaching/waiting-resources'),
  /** @param {string} id @param {{verdict: 'allow' | 'allow_up' | 'return', reason: string, seen: number}} body @param {string} key */
  decide: (id, body, key) => create(`/teaching/waiting-resources/${safe(id)}/decision`, body, key),
  /** @param {string} id @returns {Promise<Read<Api.OneResource>>} */
  get: (id) => read(one(id)),
  /** @param {string} id @param {number} stars @returns {Promise<Api.OneResource>} */
  rate: (id, stars) => act({ path: `${one(id)}/stars`, method: 'PUT', body: { stars } }),
  /** @param {string} id @param {string} cls @param {string} day @param {boolean} used @returns {Promise<Api.OneResource>} */
  tellLesson: (id, cls, day, used) => act({ path: `${one(id)}/lessons/${safe(cls)}/${day}`, method: used ? 'PUT' : 'DELETE' }),
  /** Fetched anew each time: who has opened one has used it. @param {string} id @param {string} fileId */
  fetch: (id, fileId) => fetchFresh(`${one(id)}/files/${safe(fileId)}`),
};
