/* The server's addresses for links, and from its rows to what the screen shows. */

const { act, create, query, read } = require('../../lib/api');
const { fill, words } = require('../../i18n/index');

/** @template T @typedef {import('../../lib/api').Read<T>} Read */

/** From the nearest shelf to the farthest. @type {Api.ShelfLevel[]} */
const LEVELS = ['class', 'school', 'district', 'city', 'province', 'national'];

/** @param {Api.LinkRow} row */
function tile(row) {
  return { ...row, sign: words().links.signs[row.icon] };
}

/** @param {Api.BookRow} row */
function book(row) {
  const { pages } = words().links;
  const [first, ...others] = row.pages.map(({ page, url }) => ({ url, name: pages[page] }));
  return { id: row.id, name: row.subject.name, title: row.title, first, others };
}

/** Of what was found: a book's first page is what a tap opens, the others stand below. @param {Api.Hit} row */
function hit(row) {
  const t = words().links;
  const [first, ...others] = row.pages;
  const isLocal = row.kind === 'resource';
  const facts = first ? [t.book, t.pages[first.page]] : [isLocal ? words().resources.title : '', row.level ? t.levels[row.level] : '', row.subject ? row.subject.name : '', row.note];
  return {
    id: row.kind + row.id,
    resource: isLocal ? row.id : '',
    title: row.title,
    url: row.url,
    sign: t.signs[row.icon],
    facts: facts.filter(Boolean).join(' · '),
    doors: others.map(({ page, url }) => ({ url, name: t.pages[page] })),
  };
}

/** A page outside cannot be opened here: its short link is copied, and it is said what to do with it. @param {string} url @param {string} title */
async function copyLink(url, title) {
  const { links, common } = words();
  await wx.setClipboardData({ data: url });
  wx.showModal({ title: links.copied, content: fill(links.copiedHint, { title }), showCancel: false, confirmText: common.understood });
}

/** What is one tap away, the books, and each level that has something. @param {Api.Links} data */
function shown(data) {
  const t = words().links;
  const rest = data.links.filter((row) => !row.one_tap);
  return {
    school: data.school_name,
    className: data.class_name,
    child: data.child_id || '',
    children: data.children,
    oneTap: data.links.filter((row) => row.one_tap).map(tile),
    books: data.books.map(book),
    groups: LEVELS.map((level) => ({ level, name: t.levels[level], rows: rest.filter((row) => row.level === level).map(tile) })).filter(({ rows }) => rows.length),
    empty: !data.links.length && !data.books.length,
  };
}

/** @param {string} text */
const safe = (text) => encodeURIComponent(text);
/** @param {string} classId */
const shelf = (classId) => `/teaching/classes/${safe(classId)}/links`;

/** For whom it is looked: a child, or a class of mine; for the first one without either. @typedef {{q: string, child: string, class_id: string, cursor?: string}} Wanted */

module.exports = {
  copyLink,
  hit,
  shown,
  /** What is looked for is kept nowhere but on this phone: no answer to it is, either. @param {Wanted} wanted @returns {Promise<Api.Hits>} */
  search: (wanted) => act({ path: '/search' + query(wanted) }),
  /** @param {Wanted} wanted @returns {Promise<{suggestions: string[]}>} */
  suggest: (wanted) => act({ path: '/search/suggest' + query(wanted) }),
  /** A class's own, with what is over or broken. @param {string} classId @returns {Promise<Read<{entries: Api.OwnLink[], uses: Api.OwnLinkUse[] | null}>>} */
  getOwn: (classId) => read(shelf(classId)),
  /** @param {string} classId @param {Api.LinkIn} said @param {string} key @returns {Promise<Api.OwnLink>} */
  put: (classId, said, key) => create(shelf(classId), said, key),
  /** Over the version that was seen. @param {string} classId @param {string} code @param {Api.LinkIn & {version: number}} said */
  change: (classId, code, said) => act({ path: `${shelf(classId)}/${safe(code)}`, method: 'PUT', body: said }),
  /** @param {string} classId @param {string} code */
  takeDown: (classId, code) => act({ path: `${shelf(classId)}/${safe(code)}`, method: 'DELETE' }),
  /** A family's. @param {string} child @returns {Promise<Read<Api.Links>>} */
  getLinks: (child) => read('/links' + query({ child })),
  /** A teacher's. @param {string} classId @returns {Promise<Read<Api.Links>>} */
  getTeachingLinks: (classId) => read('/teaching/links' + query({ class_id: classId })),
};
