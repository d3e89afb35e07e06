/* From the messages of a conversation to what is shown of them. */

const { fill, words } = require('../../i18n/index');
const { moment, size } = require('../../lib/format');

const TALK_GAP_MS = 5 * 60 * 1000; // after such a silence the time is said again

/**
 * The messages of a conversation as bubbles: the time where there was a silence, what one answers, what it counts.
 * @param {Api.Message[]} messages in order @param {string} me
 */
function bubbles(messages, me) {
  const { chat } = words();
  const byNumber = new Map(messages.map((one) => [one.seq, one]));
  let last = 0;
  return messages.filter((one) => !one.hidden).map((one) => {
    const at = new Date(one.at).getTime();
    const when = at - last > TALK_GAP_MS ? moment(one.at) : '';
    last = at;
    const mine = one.author === me;
    const answered = one.reply_to ? byNumber.get(one.reply_to) : undefined;
    return {
      seq: one.seq,
      when,
      mine,
      name: mine ? chat.mine : one.name,
      urgent: one.urgent ? fill(chat.urgent, { why: one.urgent }) : '',
      staff: one.as_staff && !mine,
      called: !mine && (one.all || one.mentions.includes(me)),
      note: noteOf(one, mine ? chat.mine : one.name),
      text: one.card || one.link ? '' : one.text,
      leads: leadsTo(one),
      files: one.files.map((file) => ({ ...file, path: '', word: file.kind === 'audio' ? file.name.replace(/\.\w+$/, '') : file.name, weight: size(file.size) })),
      answers: answered ? `${answered.author === me ? chat.mine : answered.name}：${excerpt(answered)}` : '',
      got: one.got ? fill(chat.gotCount, { n: one.got }) : '',
      praise: one.praise ? fill(chat.praiseCount, { n: one.praise }) : '',
      state: one.state === 'sent' ? '' : chat[one.state],
      via: one.via ? chat[one.via] : '',
      carried: mine && one.carried ? chat.carried[one.carried] : '',
    };
  });
}

/** What a card or a link shows, and is. @param {Api.Message} message @returns {{kind: 'notice' | 'homework' | 'link', title: string, word: string} | null} */
function leadsTo({ card, link, text }) {
  const kind = card || (link ? 'link' : '');
  if (!kind) return null;
  const word = words().share.kinds[kind];
  return { kind, title: text || link || word, word: card ? word : hostOf(link) };
}

/** @param {string} link */
function hostOf(link) {
  return link.replace(/^https:\/\//, '').split('/')[0];
}

/** What is said in the middle: taken back, handed over, where feedback stands. @param {Api.Message} message @param {string} name */
function noteOf({ kind, recalled, text }, name) {
  const { chat, talk } = words();
  if (recalled) return fill(chat.recalled, { name });
  if (kind !== 'note') return '';
  const [what, whom] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
  if (what === 'handed') return fill(chat.handedOver, { name: whom });
  return talk.handled[/** @type {'open'} */ (whom)] || '';
}

/** A message in a line. @param {Api.Message} message */
function excerpt(message) {
  if (message.recalled) return fill(words().chat.recalled, { name: message.name });
  return message.text.slice(0, 40) || message.link || words().sortOf[message.kind] || '';
}

module.exports = { bubbles, excerpt };
