/* Handing something on into a conversation as a card: a notice, a homework, or a link from a shelf. One's own alone are
offered; the server takes a card only where its class is in the conversation. */

const acts = require('../../lib/acts');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const talk = require('../lib/api');
const shares = require('../lib/shares');
const { fill } = require('../../i18n/index');

const LINK = 'link';

Page({
  data: {
    ...screen.data(),
    kinds: shares.KINDS,
    kind: shares.KINDS[0],
    rows: /** @type {import('../lib/shares').Row[]} */ ([]),
    typed: '',
  },

  id: '',

  /** @param {{id: string}} query */
  onLoad({ id }) {
    this.id = decodeURIComponent(id);
  },

  onShow() {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.share.title });
    this.reload();
  },

  reload() {
    return screen.load(this, async () => {
      const { data: thread } = await talk.getThread(this.id);
      const { kind } = this.data;
      const found = await shares.rowsOf(kind, thread.as_staff);
      return kind === this.data.kind ? found : {};
    });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  turn(event) {
    this.setData({ kind: event.currentTarget.dataset.kind, rows: [], phase: 'loading' });
    this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async choose(event) {
    const { id, title } = event.currentTarget.dataset;
    const { t, kind } = this.data;
    if (!(await acts.ask({ title: t.share.ask, content: title, yes: t.share.yes }))) return;
    queue.add(kind === LINK ? talk.handingOn(this.id, { kind, link: id, text: title }) : talk.handingOn(this.id, { kind: 'card', card: kind, card_id: id, text: title }));
    wx.navigateBack();
  },

  /** @param {WechatMiniprogram.Input} event */
  type(event) {
    this.setData({ typed: event.detail.value });
  },

  sendTyped() {
    const link = this.data.typed.trim();
    if (!link) return;
    if (!link.startsWith('https://')) {
      acts.say(fill(this.data.t.share.notALink, { start: 'https://' }));
      return;
    }
    queue.add(talk.handingOn(this.id, { kind: LINK, link, text: '' }));
    wx.navigateBack();
  },
});
