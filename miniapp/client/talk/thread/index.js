/* One conversation: what was said, in order, and what I say. What comes, what I say and what I do with a message are
parts of their own (talk/lib). */

const acts = require('../../lib/acts');
const live = require('../../lib/live');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const talk = require('../lib/api');
const { bubbles } = require('../lib/bubbles');
const { headOf } = require('../lib/about-rows');
const { coming } = require('../lib/coming');
const { ringing } = require('../lib/ringing');
const { opening } = require('../lib/opening');
const playing = require('../lib/playing');
const { saying } = require('../lib/saying');
const { touching } = require('../lib/touching');
const { urging } = require('../lib/urging');
const { titleOf } = require('../../lib/talk-rows');
const { fill, words } = require('../../i18n/index');

const TEXT_LIMIT = 2000; // domain/messages.py
const WHY_LIMIT = 100; // domain/urgent.py
const AROUND = 20; // so many after a place that was looked for are shown with it

/** Nobody is called by name where only one other can read it. @param {Api.Thread} thread */
const isOfTwo = ({ kind, names }) => kind !== 'talk' && names.length < 2;

/** @param {Api.Thread} thread */
const aboutOf = (thread) => ({ head: headOf(thread), mayAsk: thread.may_ask });

Page({
  ...coming,
  ...ringing,
  ...opening,
  ...saying,
  ...touching,
  ...urging,

  data: {
    ...screen.data(),
    limit: TEXT_LIMIT,
    bubbles: /** @type {ReturnType<typeof bubbles>} */ ([]),
    pending: /** @type {{key: string, text: string}[]} */ ([]),
    before: 0,
    newer: false,
    found: 0,
    shownLate: '',
    head: { text: '', late: false },
    mayAsk: false,
    mayPost: false,
    mayCall: false,
    mayUrge: false,
    urging: false,
    why: '',
    whyLimit: WHY_LIMIT,
    threadId: '',
    muted: false,
    rests: '',
    text: '',
    answering: /** @type {{seq: number, name: string, text: string} | null} */ (null),
    touched: /** @type {{seq: number, title: string, offers: {act: string, word: string}[]} | null} */ (null),
    reporting: '',
    people: false,
    more: false,
    speaking: false,
    played: '',
    typing: '',
    onItsWay: '',
    readBy: '',
    end: '',
    busy: '',
  },

  id: '',
  me: '',
  since: '',
  place: 0,
  /** Numbers of what was shown after I had read past it, until I go there. */
  late: /** @type {Set<number>} */ (new Set()),
  /** In order, without a gap. */
  messages: /** @type {Api.Message[]} */ ([]),
  thread: /** @type {Api.Thread | null} */ (null),
  readers: /** @type {Map<string, {name: string, seq: number}>} */ (new Map()),
  paths: /** @type {Map<string, string>} */ (new Map()),
  /** Whom I have called by name in what is not sent yet. */
  named: /** @type {{who: string, name: string}[]} */ ([]),
  stops: /** @type {(() => void)[]} */ ([]),
  asking: /** @type {Promise<void> | null} */ (null),
  quiet: /** @type {any} */ (0),
  whispered: 0,
  writtenAt: 0,

  /** @param {{id: string, seq?: string}} query `seq`: the place to come to */
  onLoad({ id, seq = '0' }) {
    this.id = decodeURIComponent(id);
    this.place = Number(seq);
    this.readers = new Map(); // WeChat copies what stands above, and of a map nothing is left
    this.paths = new Map();
    this.late = new Set();
  },

  onShow() {
    if (!screen.enter(this)) return;
    this.onHide();
    this.reload();
    this.stops = [live.listen((frame) => this.heard(frame)), queue.listen((outcome) => this.settled(outcome))];
  },

  onHide() {
    this.stops.forEach((stop) => stop());
    this.stops = [];
    clearTimeout(this.quiet);
    playing.stop();
  },

  onUnload() {
    this.onHide();
  },

  reload() {
    const { t } = this.data;
    return screen.load(this, async () => {
      const [thread, page] = await Promise.all([talk.getThread(this.id), talk.getMessages(this.id, this.place && this.place + AROUND)]);
      this.thread = thread.data;
      this.me = page.data.me;
      const newest = page.data.items.length ? page.data.items[page.data.items.length - 1].seq : 0;
      const newer = this.place > 0 && newest < page.data.tail;
      // What has landed while this was under way is not in it.
      this.messages = [...page.data.items, ...(newer ? [] : this.messages.filter(({ seq }) => seq > newest))];
      page.data.readers.forEach(({ who, name, seq }) => this.readers.set(who, { name, seq }));
      wx.setNavigationBarTitle({ title: titleOf(thread.data) });
      if (!newer) {
        this.noteLate(page.data.late);
        this.noteRead();
      }
      return {
        ...this.view(), ...aboutOf(thread.data), threadId: this.id, muted: thread.data.muted, mayCall: !isOfTwo(thread.data),
        before: page.data.before, mayPost: page.data.may_post, ...(this.place ? {} : { mayUrge: page.data.may_urge }), rests: this.restsOf(page.data), newer, found: this.place,
        offline: page.offline, end: this.place ? `m${this.place}` : 'end',
      };
    }, t.chat);
  },

  about() {
    wx.navigateTo({ url: `/talk/about/index?id=${encodeURIComponent(this.id)}` });
  },

  search() {
    wx.navigateTo({ url: `/talk/search/index?id=${encodeURIComponent(this.id)}` });
  },

  /** My own question to those who teach, unseen by the others. */
  async askAlone() {
    const opened = await acts.attempt(this, 'ask', () => talk.ask(this.id.replace('talk:', '')));
    if (opened) wx.navigateTo({ url: `/talk/thread/index?id=${encodeURIComponent(opened.done.id)}` });
  },

  view() {
    const shown = bubbles(this.messages, this.me);
    this.withPaths(shown);
    const minutes = queue.minutes(queue.under(talk.about(this.id)));
    const { chat, common } = words();
    return { bubbles: shown, pending: this.waiting(), onItsWay: minutes ? fill(common.rests, { n: minutes }) : chat.sending, readBy: this.readBy() };
  },

  draw({ toEnd = false } = {}) {
    this.setData({ ...this.view(), ...(toEnd ? { end: '' } : {}) });
    if (toEnd) this.setData({ end: 'end' });
  },

  waiting() {
    return queue.under(talk.about(this.id)).map(({ key, body }) => ({ key, text: body.text || words().sortOf[/** @type {Api.Message['kind']} */ (body.kind)] }));
  },

  /** Who of the others has read the last that I said, in a conversation of few. */
  readBy() {
    const mine = this.messages.filter(({ author, recalled }) => author === this.me && !recalled).pop();
    if (!mine || mine !== this.messages[this.messages.length - 1]) return '';
    const readers = [...this.readers.values()].filter(({ seq }) => seq >= mine.seq);
    // Who has said nothing yet may be read of before their name is known.
    return readers.length ? fill(words().chat.readBy, { names: readers.map(({ name }) => name).filter(Boolean).join('、') }) : '';
  },
});
