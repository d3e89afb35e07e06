/* What I do with one message, spread into the page of a conversation: a sheet says what there is. */

const acts = require('../../lib/acts');
const talk = require('./api');
const { excerpt } = require('./bubbles');

const TAKE_BACK_MS = 2 * 60 * 1000; // domain/messages.py

module.exports = {
  touching: {
    /** @this {any} @param {WechatMiniprogram.TouchEvent} event */
    touch(event) {
      const seq = Number(event.currentTarget.dataset.seq);
      const message = this.messages.find((/** @type {Api.Message} */ one) => one.seq === seq);
      if (message && !message.recalled) this.setData({ touched: { seq, title: excerpt(message), offers: this.offers(message) } });
    },

    /** @this {any} @param {Api.Message} message @returns {{act: string, word: string, danger?: boolean}[]} */
    offers(message) {
      const { chat } = this.data.t;
      const mine = message.author === this.me;
      const fresh = Date.now() - new Date(message.at).getTime() < TAKE_BACK_MS;
      const leads = Boolean(this.thread && this.thread.leads);
      const offers = [];
      if (!mine) offers.push({ act: 'got', word: chat.got }, { act: 'praise', word: chat.praise });
      if (this.data.mayPost) {
        offers.push({ act: 'reply', word: chat.reply });
        if (!mine && this.data.mayCall) offers.push({ act: 'call', word: chat.callThem });
      }
      if (message.text) offers.push({ act: 'copy', word: chat.copy });
      if ((mine && fresh) || leads) offers.push({ act: 'takeBack', word: chat.takeBack });
      offers.push({ act: 'hide', word: chat.hide });
      if (!mine) offers.push({ act: 'report', word: chat.report, danger: true });
      return offers;
    },

    /** @this {any} */
    letGo() {
      this.setData({ touched: null });
    },

    /** @this {any} @param {WechatMiniprogram.CustomEvent<{act: string}>} event */
    chosen(event) {
      const { seq } = this.data.touched;
      const message = this.messages.find((/** @type {Api.Message} */ one) => one.seq === seq);
      this.letGo();
      if (!message) return;
      /** @type {Record<string, () => any>} */
      const ways = {
        got: () => this.mark(seq, 'got'),
        praise: () => this.mark(seq, 'praise'),
        reply: () => this.answer(message),
        call: () => this.callByName({ who: message.author, name: message.name }),
        copy: () => wx.setClipboardData({ data: message.text }),
        takeBack: () => this.act(() => talk.takeBack(this.id, seq), { recalled: true }, message),
        hide: () => this.act(() => talk.hide(this.id, seq), { hidden: true }, message),
        report: () => this.setData({ reporting: message.id }),
      };
      ways[event.detail.act]();
    },

    /** @this {any} @param {number} seq @param {'got' | 'praise'} mark */
    async mark(seq, mark) {
      const answered = await acts.attempt(this, `${mark}:${seq}`, () => talk.tapMark(this.id, seq, mark));
      if (answered) this.count(answered.done);
    },

    /** @this {any} @param {Api.Count} counted */
    count(counted) {
      const { seq, got, praise } = counted;
      const found = this.messages.find((/** @type {Api.Message} */ one) => one.seq === seq);
      if (found) this.change([{ ...found, got, praise }]);
    },

    /** @this {any} @param {() => Promise<any>} act @param {object} changes @param {Api.Message} message */
    async act(act, changes, message) {
      if (await acts.attempt(this, `act:${message.seq}`, act)) this.change([{ ...message, ...changes }]);
    },

    /** @this {any} @param {WechatMiniprogram.CustomEvent<{why: string}>} event */
    async report(event) {
      const message = this.data.reporting;
      const told = await acts.attempt(this, `report:${message}`, (key) => talk.report(message, event.detail.why, key));
      if (!told) return;
      this.setData({ reporting: '' });
      acts.say(this.data.t.reporting.done);
    },

    /** @this {any} */
    dropReport() {
      this.setData({ reporting: '' });
    },
  },
};
