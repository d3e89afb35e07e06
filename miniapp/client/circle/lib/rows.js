/* From the server's topics and comments to what is shown of them. */

const circles = require('./api');
const { fill, words } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');

/** What a circle is called. @param {Api.Circle} circle */
function circleName({ name, number }) {
  const t = words().circle;
  return name || fill(t.research, { n: number });
}

/** Who says something, as the others read it. @param {{own: boolean, as_staff: boolean, name: string}} said */
function whoOf({ own, as_staff: staff, name }) {
  return own ? words().circle.me : staff ? teacher(name) : name;
}

/** What stands beside something that not everybody sees. @param {{state: Api.Checked, hidden: boolean, hidden_why: string}} said */
function noteOf({ state, hidden, hidden_why: why }) {
  const t = words().circle;
  return hidden ? fill(t.hidden, { why }) : t.states[state];
}

/** @param {Api.Topic} topic */
function topicRow(topic) {
  const t = words().circle;
  return {
    id: topic.id,
    who: whoOf(topic),
    staff: topic.as_staff,
    own: topic.own,
    when: moment(topic.at),
    text: topic.text,
    files: topic.pictures.map(({ file_id: id }, index) => ({
      file_id: id, kind: 'picture', name: fill(t.picture, { n: index + 1 }), size_bytes: 0,
      thumb: circles.file(id, topic.id, 'thumb'), full: circles.file(id, topic.id, 'full'),
    })),
    withheld: topic.withheld ? fill(t.withheld, { n: topic.withheld }) : '',
    note: noteOf(topic),
    hidden: topic.hidden,
    liked: topic.liked,
    likes: topic.likes,
    comments: topic.comments,
    read: fill(t.read, { n: topic.reads, of: topic.members }),
  };
}

/** @param {Api.TopicComment} comment */
function commentRow(comment) {
  const { id, own, text, hidden, as_staff: staff } = comment;
  return { id, own, text, hidden, staff, who: whoOf(comment), when: moment(comment.at), note: noteOf(comment) };
}

module.exports = { circleName, commentRow, topicRow };
