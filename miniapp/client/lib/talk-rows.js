/* From the server's rows of conversations to words and marks. */

const api = require('./api');
const { fill, words } = require('../i18n/index');
const { moment } = require('./format');

const MOST = 99;

/**
 * What a group is called, as everywhere: 三年级1班 班级群, 语文教研组; without a name its kind, and which one.
 * @param {Api.GroupKind} kind @param {string} name @param {number} nth
 */
function groupName(kind, name, nth) {
  const called = words().groupKind[kind];
  if (kind === 'class' || kind === 'grade') return `${name} ${called}`;
  return name || (nth ? `${called} ${nth}` : called);
}

/** What a conversation is called by who is in it. @param {Api.Thread} thread */
function titleOf(thread) {
  const { talk } = words();
  if (thread.kind === 'talk' && thread.group_kind) return groupName(thread.group_kind, thread.group, thread.group_nth);
  if (thread.kind === 'question') return thread.as_staff ? fill(talk.questionOf, { name: thread.names[0] || '' }) : talk.question;
  if (thread.kind === 'feedback') return fill(talk.feedback, { n: thread.number, title: thread.title });
  return thread.names.join('、');
}

/** @param {Api.Thread} thread */
function factsOf(thread) {
  const { talk } = words();
  if (thread.kind === 'question') return thread.group;
  if (thread.kind === 'feedback') return talk.handled[thread.state || 'open'];
  if (thread.kind === 'child') return childName(thread.child_id);
  return '';
}

/** A child's name, as home said it last; nothing for who teaches it. @param {string} id */
function childName(id) {
  const home = /** @type {Api.Home | null} */ (api.remembered(api.paths.home()));
  const found = home && home.children.find((child) => child.id === id);
  return found ? found.name : '';
}

/** @param {Api.Thread} thread */
function threadRow(thread) {
  const title = titleOf(thread);
  const { called, unread: some } = words().talk;
  const unread = thread.unread > MOST ? `${MOST}+` : thread.unread;
  return {
    id: thread.id,
    title,
    facts: factsOf(thread) || (thread.unread ? fill(some, { n: unread }) : ''),
    called: thread.called ? called : '',
    label: [title, thread.called ? called : '', thread.unread ? fill(some, { n: unread }) : ''].filter(Boolean).join(' '),
    group: thread.kind === 'talk',
    unread: thread.unread ? String(unread) : '',
    at: moment(thread.last_at),
  };
}

module.exports = { groupName, threadRow, titleOf };
