/* What comes into a conversation that is open, spread into its page: the message with the next number is shown, and
where a number is missing the rest is asked for. */

const { ApiError } = require('../../lib/http');
const acts = require('../../lib/acts');
const talk = require('./api');
const { fill } = require('../../i18n/index');

const WRITING_MS = 4000;

module.exports = {
  WRITING_MS,
  coming: {
    /** @this {any} @param {import('../../lib/live').Frame} frame */
    heard(frame) {
      if (this.data.newer && frame.type !== 'gone' && frame.type !== 'changed') return;
      if (frame.type === 'hello' || frame.type === 'poll') this.ask();
      else if (frame.type === 'beat') {
        if (frame.tails && frame.tails[this.id] > this.last()) this.ask();
      } else if (frame.thread !== this.id) return;
      else if (frame.type === 'message') this.take(frame);
      else if (frame.type === 'changed') this.changedAt(frame);
      else if (frame.type === 'behind') this.ask();
      else if (frame.type === 'gone') this.reload();
      else if (frame.type === 'read') this.otherRead(frame.who, frame.seq);
      else if (frame.type === 'typing') this.isWriting(frame.who);
    },

    /** @this {any} @returns {number} */
    last() {
      return this.messages.length ? this.messages[this.messages.length - 1].seq : 0;
    },

    /** @this {any} @param {Api.Message} message */
    take(message) {
      if (this.data.phase !== 'ready' || message.seq <= this.last()) return;
      if (this.data.newer) {
        this.toNewest();
        return;
      }
      if (message.seq > this.last() + 1) {
        this.ask();
        return;
      }
      this.messages.push(message);
      this.setData({ typing: '' });
      this.draw({ toEnd: true });
      this.noteRead();
    },

    /** One message is another now. Of what is not on this page the server knows whether it was shown only now. @this {any} @param {Api.Message} message */
    changedAt(message) {
      if (this.messages.length && message.seq < this.messages[0].seq) this.ask();
      else this.change([message]);
    },

    /** @this {any} @param {Api.Message[]} changed */
    change(changed) {
      const anew = new Map(changed.map((one) => [one.seq, one]));
      const late = this.messages.filter((/** @type {Api.Message} */ { seq, state, author }) => author !== this.me && state !== 'sent' && (anew.get(seq) || { state }).state === 'sent');
      this.messages = this.messages.map((/** @type {Api.Message} */ one) => anew.get(one.seq) || one);
      this.draw();
      this.noteLate(late.map((/** @type {Api.Message} */ { seq }) => seq));
      if (late.length) this.noteRead();
    },

    /**
     * It stands further up, where nobody looks: a line leads there. Reading as far as before says that I know of it.
     * @this {any} @param {number[]} seqs
     */
    noteLate(seqs) {
      seqs.filter((seq) => seq < this.last()).forEach((seq) => this.late.add(seq));
      if (seqs.length && this.thread) this.thread.unread += 1;
      const shownLate = this.late.size ? fill(this.data.t.chat.shownLate, { n: this.late.size }) : '';
      if (shownLate !== this.data.shownLate) this.setData({ shownLate });
    },

    /** To the first of them; the others come below it. @this {any} */
    toLate() {
      const seq = Math.min(...this.late);
      this.late.clear();
      this.setData({ shownLate: '' });
      if (this.messages.some((/** @type {Api.Message} */ one) => one.seq === seq)) {
        this.setData({ end: '', found: seq });
        this.setData({ end: `m${seq}` });
        return undefined;
      }
      this.place = seq;
      this.messages = [];
      return this.reload();
    },

    /** What came since, from the server; who asks meanwhile waits for the same. @this {any} */
    ask() {
      if (!this.asking && this.data.phase === 'ready' && !this.data.newer) {
        this.asking = this.askNow().finally(() => {
          this.asking = null;
        });
      }
      return this.asking;
    },

    /** @this {any} */
    async askNow() {
      try {
        for (let more = true; more;) {
          const news = await talk.getNews(this.id, this.last(), this.since);
          if (news.gone.length) {
            await this.reload();
            return;
          }
          const fresh = news.items.filter(({ seq }) => seq > this.last());
          this.messages.push(...fresh);
          this.since = news.at;
          if (news.changed.length) this.change(news.changed);
          this.noteLate(news.late[this.id] || []);
          if (fresh.length) this.draw({ toEnd: true });
          this.noteRead();
          more = news.more;
        }
        if (this.data.offline) this.setData({ offline: false });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // Without an answer it stays as it is; the next beat or the next try asks again.
      }
    },

    /** @this {any} */
    noteRead() {
      const seq = this.last();
      if (!this.thread || this.data.newer || seq < this.thread.read || (seq === this.thread.read && !this.thread.unread)) return;
      this.thread.read = seq;
      this.thread.unread = 0;
      talk.noteRead(this.id, seq).catch((error) => {
        if (!(error instanceof ApiError)) throw error;
      });
    },

    /** @this {any} @param {string} who @param {number} seq */
    otherRead(who, seq) {
      if (who === this.me) return; // one's own devices are told, too
      this.readers.set(who, { name: this.nameOf(who), seq });
      this.draw();
    },

    /** @this {any} @param {string} who */
    isWriting(who) {
      this.setData({ typing: fill(this.data.t.chat.typing, { name: this.nameOf(who) }) });
      clearTimeout(this.quiet);
      this.quiet = setTimeout(() => this.setData({ typing: '' }), WRITING_MS);
    },

    /** @this {any} @param {string} who @returns {string} */
    nameOf(who) {
      const known = this.readers.get(who) || this.messages.find((/** @type {Api.Message} */ { author }) => author === who);
      return (known && known.name) || '';
    },

    // A place further back, come to by looking for it: what is newer comes when it is asked for.

    /** @this {any} */
    async later() {
      const came = await acts.attempt(this, 'later', () => talk.getLater(this.id, this.last()));
      if (!came) return;
      const { items, tail } = came.done;
      this.messages = [...this.messages, ...items];
      const newer = this.last() < tail;
      this.setData({ ...this.view(), newer });
      if (newer) return;
      this.place = 0; // from here on what comes is shown
      this.noteRead();
    },

    /** @this {any} */
    toNewest() {
      this.place = 0;
      this.messages = [];
      this.setData({ newer: false });
      return this.reload();
    },

    /** @this {any} */
    async earlier() {
      if (this.data.busy) return;
      this.setData({ busy: 'earlier' });
      try {
        const first = this.data.bubbles[0];
        const { data } = await talk.getMessages(this.id, this.data.before);
        this.messages = [...data.items.filter(({ seq }) => seq < this.data.before), ...this.messages];
        this.setData({ ...this.view(), before: data.before });
        if (first) this.setData({ end: `m${first.seq}` });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        await acts.tell(error);
      } finally {
        this.setData({ busy: '' });
      }
    },
  },
};
