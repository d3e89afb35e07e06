/* What somebody has to hand on into a conversation, as rows; and where a card of one leads, for whom it is theirs. */

const api = require('../../lib/api');
const teaching = require('../../lib/teaching');
const talk = require('./api');
const { moment } = require('../../lib/format');
const { words } = require('../../i18n/index');

/** @typedef {{id: string, title: string, facts: string}} Row */
/** @typedef {'notice' | 'homework' | 'link'} Kind */

const KINDS = /** @type {Kind[]} */ (['notice', 'homework', 'link']);
const PAGES = {
  family: { notice: '/pages/notice/index', homework: '/homework/task/index' },
  staff: { notice: '/pages/receipts/index', homework: '/homework/own/index' },
};

/** @param {Kind} kind @param {boolean} asStaff @returns {Promise<{rows: Row[], offline: boolean}>} */
async function rowsOf(kind, asStaff) {
  if (kind === 'link') {
    const { data, offline } = await talk.getLinks(asStaff);
    return { offline, rows: data.links.map(({ url, title, note, level }) => ({ id: url, title, facts: note || words().links.levels[level] })) };
  }
  if (!asStaff) {
    const { data, offline } = await api.getNotices({});
    const own = data.items.filter((row) => row.kind === kind && row.state === 'published');
    return { offline, rows: own.map(({ id, title, child_name: child, published_at: at }) => ({ id, title, facts: `${child} ${moment(at)}` })) };
  }
  const { data, offline } = await (kind === 'notice' ? ownNotices() : ownHomework());
  return { offline, rows: data };
}

async function ownNotices() {
  const { data, offline } = await teaching.getOwnNotices();
  const out = data.items.filter(({ state }) => state === 'published');
  return { offline, data: out.map(({ id, title, classes, publish_at: at }) => ({ id, title, facts: [...classes, moment(at)].join(' ') })) };
}

async function ownHomework() {
  const { data, offline } = await talk.getOwnHomework();
  const out = data.items.filter(({ state }) => state === 'published');
  return { offline, data: out.map(({ id, subject, summary, publish_at: at }) => ({ id, title: `${subject.name} ${summary}`, facts: moment(at) })) };
}

/** The page of what a card shows. @param {'notice' | 'homework'} card @param {string} id @param {boolean} asStaff */
function pageOf(card, id, asStaff) {
  return `${PAGES[asStaff ? 'staff' : 'family'][card]}?id=${encodeURIComponent(id)}`;
}

module.exports = { KINDS, pageOf, rowsOf };
