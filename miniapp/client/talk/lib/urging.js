/* Saying that something is urgent, for who may, spread into the page of a conversation: why is asked, and nothing is
lost until the server has said yes. */

const acts = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const talk = require('./api');

const REASON_FROM = 4; // domain/urgent.py

module.exports = {
  urging: {
    /** @this {any} */
    urge() {
      this.setData({ urging: true, more: false });
    },

    /** @this {any} */
    urgeNoMore() {
      this.setData({ urging: false, why: '' });
    },

    /** @this {any} @param {WechatMiniprogram.Input} event */
    typedWhy(event) {
      this.setData({ why: event.detail.value });
    },

    /** @this {any} @param {string} text @param {object} beside whom it answers and calls */
    async sendUrgent(text, beside) {
      const why = this.data.why.trim();
      if (Array.from(why).length < REASON_FROM) {
        acts.say(fill(this.data.t.chat.urgeShort, { n: REASON_FROM }));
        return;
      }
      // Other words are another message; the same words may have arrived although no answer did.
      const sent = await acts.attempt(this, `urgent:${why}:${text}`, (key) => talk.sayUrgent(this.id, { text, urgent_reason: why, ...beside }, key));
      if (!sent) return;
      this.take(sent.done.message);
      this.urgeNoMore();
      this.written();
    },
  },
};
