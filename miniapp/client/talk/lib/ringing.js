/* Whether a conversation rings for me, and when those are told to whom I write; spread into its page. */

const acts = require('../../lib/acts');
const { moment } = require('../../lib/format');
const { fill, words } = require('../../i18n/index');
const talk = require('./api');

module.exports = {
  ringing: {
    /** What stands above what is written in the evening, or to the school. @param {Api.ThreadPage} page */
    restsOf({ arrives_at: at, duty }) {
      const { chat } = words();
      if (duty && duty.now) return fill(chat.onDuty, { name: duty.name, when: moment(duty.ends_at) });
      if (duty) return fill(chat.answersFrom, { when: moment(duty.starts_at) });
      return at ? fill(chat.rests, { when: moment(at) }) : '';
    },

    /** @this {any} */
    async mute() {
      const muted = !this.data.muted;
      if (await acts.attempt(this, 'mute', () => talk.mute(this.id, muted))) this.setData({ muted });
    },
  },
};
