/* What I say in a conversation, spread into its page: kept by the queue until the server has it, so it is shown at once
and lands once. Whom I call by name is who is still named in the text when it is sent. */

const acts = require('../../lib/acts');
const api = require('../../lib/api');
const live = require('../../lib/live');
const queue = require('../../lib/queue');
const talk = require('./api');
const uploads = require('../../lib/uploads');
const { excerpt } = require('./bubbles');
const { WRITING_MS } = require('./coming');
const { fill } = require('../../i18n/index');

const PICTURES = 9; // domain/messages.py
const DOUBLE_TAP_MS = 400;
const AT = '@';

module.exports = {
  saying: {
    /** @this {any} @param {WechatMiniprogram.TextareaInput} event */
    typed(event) {
      const { value } = event.detail;
      if (value.endsWith(AT) && value.length === this.data.text.length + 1) this.openPeople();
      this.setData({ text: value });
      if (!this.thread || this.thread.kind === 'talk' || Date.now() - this.whispered < WRITING_MS) return;
      this.whispered = Date.now();
      live.whisper({ type: 'typing', thread: this.id });
    },

    /** @this {any} */
    send() {
      const text = this.data.text.trim();
      if (!text) return;
      const { answering, t, urging } = this.data;
      const named = this.named.filter((/** @type {{name: string}} */ { name }) => text.includes(AT + name));
      const beside = {
        reply_to: answering ? answering.seq : 0,
        mentions: named.map((/** @type {{who: string}} */ { who }) => who),
        all: Boolean(this.thread && this.thread.leads) && text.includes(AT + t.chat.everybody),
      };
      if (urging) {
        this.sendUrgent(text, beside);
        return;
      }
      this.written();
      this.keep(talk.saying(this.id, text, beside));
    },

    /** Nothing of it is to be said any more. @this {any} */
    written() {
      this.writtenAt = Date.now();
      this.setData({ text: '', answering: null });
      this.named = [];
    },

    /** @this {any} @param {import('../../lib/queue').Act} act */
    keep(act) {
      queue.add(act);
      this.draw({ toEnd: true });
    },

    /** The second tap of a double tap on what sends meant that, not what has taken its place. @this {any} */
    toggleMore() {
      if (Date.now() - this.writtenAt < DOUBLE_TAP_MS) return;
      this.setData({ more: !this.data.more });
    },

    /** @this {any} */
    async choosePictures() {
      this.attach('picture', await uploads.choosePictures(PICTURES));
    },

    /** @this {any} */
    async chooseFile() {
      this.attach('file', await uploads.chooseDocuments(1));
    },

    /** @this {any} */
    share() {
      this.setData({ more: false });
      wx.navigateTo({ url: `/talk/share/index?id=${encodeURIComponent(this.id)}` });
    },

    /** @this {any} */
    speak() {
      this.setData({ speaking: true, more: false });
    },

    /** @this {any} */
    endSpeaking() {
      this.setData({ speaking: false });
    },

    /** @this {any} @param {WechatMiniprogram.CustomEvent<{voice: import('../../lib/uploads').Attached}>} event */
    spoken(event) {
      this.endSpeaking();
      this.attach('voice', [event.detail.voice]);
    },

    /** @this {any} @param {'picture' | 'file' | 'voice'} kind @param {import('../../lib/uploads').Attached[]} chosen */
    attach(kind, chosen) {
      const large = chosen.find(({ size }) => size > uploads.MOST_BYTES);
      if (large) {
        uploads.forget(chosen);
        acts.say(fill(this.data.t.publish.tooLarge, { name: large.name }));
      } else if (chosen.length) {
        this.setData({ more: false });
        this.keep(talk.showing(this.id, kind, chosen.map((one) => ({ ...one, child: this.child() }))));
      }
    },

    /** Whose file it is, of a family's: the child that the conversation is about, or whose class it is of. @this {any} @returns {string | undefined} */
    child() {
      if (!this.thread || this.thread.as_staff) return undefined;
      if (this.thread.child_id) return this.thread.child_id;
      const home = /** @type {Api.Home | null} */ (api.remembered(api.paths.home()));
      const children = home ? home.children : [];
      const found = children.find(({ class_name: name }) => name === this.thread.group) || children[0];
      return found && found.id;
    },

    /** @this {any} @param {import('../../lib/queue').Outcome} outcome */
    settled(outcome) {
      if (!outcome.about.startsWith(talk.about(this.id))) return;
      if (outcome.state === 'refused') {
        const why = Object.values(outcome.error.fields)[0] || outcome.error.message;
        acts.say(fill(this.data.t.chat.refused, { why }));
      }
      if (outcome.state === 'done' && outcome.data.message) this.take(outcome.data.message);
      if (outcome.state === 'done' && outcome.data.counted) this.count(outcome.data.counted);
      this.draw();
    },

    /** @this {any} @param {Api.Message} message */
    answer(message) {
      const name = message.author === this.me ? this.data.t.chat.mine : message.name;
      this.setData({ answering: { seq: message.seq, name, text: excerpt(message) } });
    },

    /** @this {any} */
    dropAnswer() {
      this.setData({ answering: null });
    },

    // ------------------------------------------------------------------------- calling by name

    /** @this {any} */
    openPeople() {
      this.setData({ people: true });
    },

    /** @this {any} */
    closePeople() {
      this.setData({ people: false });
    },

    /** Somebody was chosen; without a name it is everybody. @this {any} @param {WechatMiniprogram.CustomEvent<{who: string, name: string}>} event */
    called(event) {
      this.closePeople();
      this.callByName(event.detail);
    },

    /** @this {any} @param {{who: string, name: string}} somebody */
    callByName(somebody) {
      const { who, name } = somebody;
      const before = this.data.text.endsWith(AT) ? this.data.text.slice(0, -1) : this.data.text;
      if (who && !this.named.some((/** @type {{who: string}} */ one) => one.who === who)) this.named.push(somebody);
      this.setData({ text: `${before}${AT}${name || this.data.t.chat.everybody} ` });
    },
  },
};
