/* What a topic's figures stand on: who was in the circle, who has read it, which children are reached; nobody is ranked. */

const circles = require('../lib/api');
const screen = require('../../lib/screen');
const { fill, words } = require('../../i18n/index');
const { moment } = require('../../lib/format');

Page({
  ...screen.reloading((t) => t.circle.seen),
  data: {
    ...screen.data(),
    figures: /** @type {{name: string, value: string}[]} */ ([]),
    unread: /** @type {string[]} */ ([]),
    read: /** @type {{key: number, name: string, when: string}[]} */ ([]),
    missed: /** @type {string[]} */ ([]),
  },

  id: '',

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.id = decodeURIComponent(id);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await circles.getEvidence(this.id);
      return { ...view(data), offline };
    }, this.data.t.circle);
  },
});

/** @param {Api.TopicEvidence} evidence */
function view({ topic, readers, children }) {
  const t = words().circle;
  const share = (/** @type {number} */ n, /** @type {number} */ of) => fill(t.share, { n, of });
  const counted = readers.filter(({ counts, name }) => counts && name);
  return {
    figures: [
      { name: t.readBy, value: share(topic.reads, topic.members) },
      { name: t.families, value: share(topic.reached, topic.children) },
      { name: t.likes, value: String(topic.likes) },
      { name: t.replies, value: String(topic.replies) },
    ].filter(({ name }) => name !== t.families || topic.children),
    unread: counted.filter(({ read_at: at }) => !at).map(({ name }) => name),
    read: readers.filter(({ read_at: at, name }) => at && name).map(({ name, read_at: at }, key) => ({ key, name, when: moment(/** @type {string} */ (at)) })),
    missed: children.filter(({ reached, name }) => !reached && name).map(({ name }) => name),
  };
}
