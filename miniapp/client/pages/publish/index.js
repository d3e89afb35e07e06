/* Writing a notice, or correcting one. Before it goes out: whom WeChat reaches, and the others by name. */

const api = require('../../lib/api');
const drafts = require('../../lib/drafts');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const teaching = require('../../lib/teaching');
const { fill } = require('../../i18n/index');
const { fetchFile } = require('../../lib/files');
const { Attaching } = require('../../lib/attaching');
const { choosing } = require('../../lib/choosing');
const { linking } = require('../../lib/linking');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { problemsOf } = require('../../lib/notice-form');
const { draftView, forecastView, noForecastView, summary } = require('../../lib/publish-view');

const KEEP_MS = 400; // a pause in typing is a moment to keep the draft

/** @typedef {import('../../lib/drafts').Draft} Draft */

Page({
  data: {
    ...screen.data(),
    draft: /** @type {any} */ ({}),
    isEdit: false,
    isOut: false, // what is corrected was sent already
    classes: /** @type {{id: string, name: string, on: boolean}[]} */ ([]),
    pictures: /** @type {any[]} */ ([]),
    files: /** @type {any[]} */ ([]),
    link: '',
    typingLink: false,
    known: /** @type {string[]} */ ([]),
    typedLinks: /** @type {string[]} */ ([]),
    shelfOf: '', // the class whose shelf is offered
    wrong: /** @type {Record<string, string>} */ ({}),
    back: '',
    titleCount: '',
    reach: '',
    states: /** @type {any} */ (null),
    missedWord: '',
    missed: /** @type {any[]} */ ([]),
    quiet: '',
    mayUrge: false,
    sendWord: '',
    summary: '',
    sheet: /** @type {'' | 'why' | 'check'} */ (''),
    busy: false,
    modes: /** @type {Api.Confirm[]} */ (['none', 'tap', 'sign']),
  },

  ...choosing,
  ...linking,

  draft: /** @type {Draft} */ (/** @type {any} */ (null)),
  /** Of a notice that is corrected: which, and the version that was on the screen. */
  edited: { id: '', version: 0, classId: '' },
  files: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),
  keeping: /** @type {any} */ (0),
  changed: false,
  asked: 0,
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{draft?: string, edit?: string}} query */
  onLoad({ draft = '', edit = '' }) {
    this.edited = { id: decodeURIComponent(edit), version: 0, classId: '' };
    this.setData({ isEdit: Boolean(edit) });
    this.draft = drafts.find(draft) || drafts.current();
    this.files = new Attaching({
      held: () => this.draft.attached,
      change: (attached) => {
        this.change({ attached });
        this.keepNow();
      },
      sent: (attached) => {
        this.draft.attached = attached;
        this.draw();
        this.keepSoon();
      },
      draw: () => this.draw(),
    });
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    const { t } = this.data;
    wx.setNavigationBarTitle({ title: edit ? t.publish.correct : t.publish.title });
    this.reload();
  },

  onHide() {
    this.keepNow();
  },

  onUnload() {
    this.stop();
    this.files.stop();
    this.keepNow();
  },

  reload() {
    return screen.load(this, async () => {
      const found = this.edited.id ? await this.loadNotice() : await this.loadClasses();
      this.files.sendAll();
      return found;
    });
  },

  /** What I may write to; home has asked already. */
  async loadClasses() {
    const kept = /** @type {Api.Home | null} */ (api.remembered(api.paths.home()));
    const home = kept && kept.teaching ? kept : (await api.getHome()).data;
    if (!home.teaching) throw new ApiError('not_found', '', {}, 404);
    const mine = home.teaching.classes;
    const { draft } = this;
    const chosen = draft.class_ids.filter((id) => mine.some((one) => one.id === id));
    // A teacher of one class means that class.
    draft.class_ids = mine.length === 1 ? [mine[0].id] : chosen;
    const back = draft.why ? fill(this.data.t.publish.back, { why: draft.why }) : '';
    const classes = mine.map(({ id, name }) => ({ id, name, on: draft.class_ids.includes(id) }));
    this.forecast();
    return { ...this.view(), classes, back, wrong: draft.wrong };
  },

  /** What it says now; or what was being changed about this very version. */
  async loadNotice() {
    const { data: notice } = await teaching.getOwnNotice(this.edited.id);
    this.edited.version = notice.version;
    this.edited.classId = notice.class_ids[0] || '';
    this.draft = drafts.correcting(notice);
    const pictures = this.draft.attached.filter(({ kind, path }) => kind === 'picture' && !path);
    this.files.fetchShown(pictures.map(({ id }) => ({ id, fetch: () => fetchFile(id, this.edited.id, 'thumb') })));
    return { ...this.view(), isOut: notice.state === 'published' };
  },

  view() {
    const shelfOf = this.edited.classId || this.draft.class_ids[0] || '';
    return { ...draftView(this.draft, this.files), typedLinks: this.typedLinks(), shelfOf };
  },

  draw() {
    this.setData(this.view());
  },

  /** Something was changed: draw it, and keep it at the next pause. @param {Partial<Draft>} changes */
  change(changes) {
    Object.assign(this.draft, changes, { state: this.edited.id ? 'correcting' : 'writing', why: '', wrong: {} });
    const wrong = { ...this.data.wrong };
    Object.keys(changes).forEach((field) => delete wrong[field === 'attached' ? 'file_ids' : field]);
    this.setData({ ...this.view(), wrong, back: '' });
    this.keepSoon();
  },

  keepSoon() {
    this.changed = true;
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_MS);
  },

  keepNow() {
    clearTimeout(this.keeping);
    if (this.changed && this.draft.state !== 'sending') drafts.keep(this.draft);
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  // ------------------------------------------------------------------------- audience and what is wanted

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseClass(event) {
    const { id } = event.currentTarget.dataset;
    const every = this.data.classes.map((one) => one.id);
    const { class_ids: chosen } = this.draft;
    let next = chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id];
    if (!id) next = chosen.length === every.length ? [] : every;
    this.setData({ classes: this.data.classes.map((one) => ({ ...one, on: next.includes(one.id) })) });
    this.change({ class_ids: next });
    this.forecast();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseMode(event) {
    this.change({ confirm: event.currentTarget.dataset.mode });
  },

  /** @param {WechatMiniprogram.CustomEvent<{value: string}>} event */
  chooseWhen(event) {
    this.change({ [event.currentTarget.dataset.field]: event.detail.value });
  },

  /** Whom it would reach. The answer to an older question is thrown away. */
  async forecast() {
    const { t } = this.data;
    const mine = ++this.asked;
    if (!this.draft.class_ids.length) {
      this.setData(noForecastView(this.draft, ''));
      return;
    }
    this.setData({ reach: t.publish.asking, states: null, missedWord: '' });
    try {
      const { data } = await teaching.getForecast(this.draft.class_ids);
      if (mine === this.asked) this.setData(forecastView(data, this.draft));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (mine === this.asked) this.setData(noForecastView(this.draft, t.publish.unknown));
    }
  },

  showWhy() {
    this.setData({ sheet: 'why' });
  },

  closeSheet() {
    this.setData({ sheet: '' });
  },

  // ------------------------------------------------------------------------------------- what hangs on it

  writing() {
    return this.draft;
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  showPicture(event) {
    const { path } = event.currentTarget.dataset;
    if (path) wx.previewImage({ urls: [path] });
  },

  // ------------------------------------------------------------------------------------------- off it goes

  /** Whether everything is there; what is not is named in its place. */
  isWhole() {
    const taken = !this.data.typingLink || this.takeLink();
    const wrong = { ...problemsOf(this.draft), ...(taken ? {} : { links: this.data.wrong.links }) };
    const isWhole = !Object.keys(wrong).length;
    this.setData({ wrong, back: isWhole ? '' : this.data.t.publish.fixFields });
    if (!isWhole) wx.pageScrollTo({ scrollTop: 0 });
    return isWhole;
  },

  /** Before it goes out. */
  check() {
    if (this.data.busy || !this.isWhole()) return;
    if (this.edited.id) {
      this.save();
      return;
    }
    this.keepNow();
    this.forecast();
    this.setData({ sheet: 'check', summary: summary(this.draft) });
  },

  /** From here on it is the queue's: it lands once, whatever happens to this phone. */
  publish() {
    if (this.data.busy) return;
    clearTimeout(this.keeping);
    this.draft.state = 'sending';
    this.setData({ busy: true, sheet: '' });
    wx.showLoading({ title: this.data.t.common.sending });
    drafts.publish(this.draft);
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    const { t, busy } = this.data;
    if (!busy || outcome.about !== drafts.PUBLISH + this.draft.key) return;
    wx.hideLoading();
    if (outcome.state === 'done') {
      wx.redirectTo({ url: `/pages/receipts/index?id=${encodeURIComponent(outcome.data.id)}` });
      this.say(outcome.data.state === 'scheduled' ? fill(t.teach.scheduled, { when: moment(outcome.data.publish_at) }) : t.publish.sent);
    } else if (outcome.state === 'waiting') {
      this.leave();
      this.say(t.publish.kept);
    } else {
      // lib/drafts.js has put it back already, with what is wrong.
      this.draft = drafts.all().filter(({ state }) => state === 'refused').pop() || this.draft;
      this.setData({ busy: false });
      this.reload();
    }
  },

  /** A correction is seen before it is said: no queue, the same key until there is an answer. */
  async save() {
    const { t } = this.data;
    this.keepNow();
    this.setData({ busy: true });
    wx.showLoading({ title: t.common.sending });
    try {
      await this.files.sendAll();
      const missing = this.draft.attached.some(({ id }) => !id);
      if (missing) throw new ApiError('offline');
      const { title, body, links, attached } = this.draft;
      const said = { title: title.trim(), body: body.trim(), links, file_ids: attached.map(({ id }) => id), version: this.edited.version };
      await teaching.correct(this.edited.id, said, this.correctionKey(JSON.stringify(said)));
      drafts.drop(this.draft.key);
      this.draft.state = 'sending';
      wx.hideLoading();
      this.leave();
      this.say(t.publish.corrected);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.hideLoading();
      this.setData({ busy: false, wrong: error.fields, back: error.passing ? t.receipts.noNetwork : fill(t.publish.back, { why: error.message }) });
    }
  },

  said: '',
  saidKey: '',

  /** The same words go under the same key. @param {string} said */
  correctionKey(said) {
    if (said !== this.said) this.saidKey = api.newKey();
    this.said = said;
    return this.saidKey;
  },

  async throwAway() {
    const { t } = this.data;
    const { confirm } = await wx.showModal({ title: t.teach.throwAway, content: t.teach.throwAsk });
    if (!confirm) return;
    clearTimeout(this.keeping);
    drafts.drop(this.draft.key);
    this.draft.state = 'sending'; // not kept again on the way out
    this.leave();
  },

  /** Back to where it was opened from. */
  leave() {
    if (getCurrentPages().length > 1) wx.navigateBack();
    else wx.switchTab({ url: '/pages/home/index' });
  },

  /** @param {string} title */
  say(title) {
    wx.showToast({ title, icon: 'none' });
  },
});
