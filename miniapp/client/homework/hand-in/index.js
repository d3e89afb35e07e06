/* Handing in for a child: pictures, voice, files, words. What is here is kept on the phone until the server has it. */

const homework = require('../lib/api');
const queue = require('../../lib/queue');
const recording = require('../../lib/recording');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const works = require('../../lib/works');
const { fill } = require('../../i18n/index');
const { Attaching } = require('../../lib/attaching');
const { fetchOnce, ofWork } = require('../lib/pictures');
const { whyWaiting } = require('../../lib/waiting');

const KEEP_MS = 400; // a pause in typing is a moment to keep what was typed
/** The most that the server takes, by kind. @type {Record<string, number>} */
const MOST = { picture: 9, audio: 3, document: 3 };

/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    mode: /** @type {Api.HandIn} */ ('pictures'),
    words: '',
    text: '',
    pictures: /** @type {any[]} */ ([]),
    others: /** @type {any[]} */ ([]),
    room: 0,
    recording: false,
    wrong: '',
    again: false,
    busy: false,
  },

  id: '',
  child: '',
  work: /** @type {import('../../lib/works').Work} */ (/** @type {any} */ (null)),
  keeping: /** @type {any} */ (0),
  files: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string, child?: string}} query */
  onLoad({ id = '', child = '' }) {
    this.id = decodeURIComponent(id);
    this.child = decodeURIComponent(child);
    this.files = new Attaching({
      held: () => (this.work ? this.work.attached : []),
      change: (attached) => {
        this.change({ attached });
        this.keepNow();
      },
      sent: (attached) => {
        if (this.work.state === 'writing') this.change({ attached });
      },
      draw: () => this.draw(),
    });
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.handing.title });
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
      const { data } = await homework.getWork(this.id, this.child);
      const about = works.aboutOf(this.id, this.child);
      this.work = works.find(about) || this.begin(about, data);
      this.files.sendAll();
      return { ...this.view(), mode: data.hand_in, words: data.text, again: Boolean(data.submission), wrong: this.work.why };
    });
  },

  /** Anew, or from what was handed in last. @param {string} about @param {Api.ChildWork} found */
  begin(about, { submission }) {
    const work = works.fresh(about);
    const last = submission ? submission.versions[submission.versions.length - 1] : null;
    if (!last) return work;
    const pictures = ofWork(last.files, this.id, this.child, homework.paths.work(this.id, this.child)).filter(({ kind }) => kind === 'picture');
    this.files.fetchShown(pictures.map(({ file_id: id, thumb, of }) => ({ id, fetch: () => fetchOnce(thumb, of) })));
    const attached = last.files.map(({ file_id: id, name, kind, size_bytes }) => ({ key: id, id, name, kind, size: size_bytes, path: '' }));
    return { ...work, text: last.text, attached };
  },

  view() {
    const pictures = this.files.pictures();
    return { text: this.work.text, pictures, others: this.files.others(), room: MOST.picture - pictures.length };
  },

  draw() {
    if (this.work) this.setData(this.view());
  },

  /** @param {Partial<import('../../lib/works').Work>} changes */
  change(changes) {
    Object.assign(this.work, changes, { state: 'writing', why: '' });
    this.setData({ ...this.view(), wrong: '' });
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.keepNow(), KEEP_MS);
  },

  keepNow() {
    clearTimeout(this.keeping);
    const { work } = this;
    if (work && work.state === 'writing' && (work.text || work.attached.length)) works.keep(work);
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.change({ text: event.detail.value });
  },

  // ------------------------------------------------------------------------------------- what hangs on it

  /** How many more of a kind may be added; says so when there is no room. @param {string} kind */
  roomFor(kind) {
    const room = MOST[kind] - this.work.attached.filter((one) => one.kind === kind).length;
    if (!room) this.say(fill(this.data.t.handing.full, { n: MOST[kind] }));
    return room;
  },

  async addPictures() {
    const room = this.roomFor('picture');
    if (room) this.attach(await uploads.choosePictures(room));
  },

  async addFiles() {
    const room = this.roomFor('document');
    if (room) this.attach(await uploads.chooseDocuments(room));
  },

  record() {
    if (this.data.recording) recording.stop();
    else if (this.roomFor('audio')) recording.start({ live: (on) => this.setData({ recording: on }), done: (voice) => this.attach([voice]) });
  },

  /** @param {Attached[]} chosen */
  attach(chosen) {
    this.files.add(chosen.map((one) => ({ ...one, child: this.child })));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.files.drop(event.currentTarget.dataset.key);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  look(event) {
    const { path } = event.currentTarget.dataset;
    if (path) wx.previewImage({ urls: [path] });
  },

  // ------------------------------------------------------------------------------------------ off it goes

  /** What is missing of what the homework asks for; the server asks the same. */
  missing() {
    const { t, mode } = this.data;
    const kinds = this.work.attached.map(({ kind }) => kind);
    if (mode === 'pictures' && !kinds.includes('picture')) return t.handing.noPicture;
    if (mode === 'voice' && !kinds.includes('audio')) return t.handing.noVoice;
    if (mode === 'file' && !kinds.length) return t.handing.noFile;
    if (mode === 'text' && !this.work.text.trim()) return t.handing.noText;
    return '';
  },

  /** From here on it is the queue's: it lands once, whatever happens to this phone. */
  send() {
    if (this.data.busy || this.data.recording) return;
    const wrong = this.missing();
    this.setData({ wrong });
    if (wrong) return;
    clearTimeout(this.keeping);
    this.setData({ busy: true });
    wx.showLoading({ title: this.data.t.common.sending });
    this.work.state = 'sending';
    works.handIn(this.work, this.id, this.child);
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    if (!this.data.busy || outcome.about !== this.work.about) return;
    wx.hideLoading();
    this.setData({ busy: false });
    if (outcome.state === 'refused') {
      // lib/works.js has put it back already, with what is wrong.
      this.reload();
      return;
    }
    wx.navigateBack();
    this.say(outcome.state === 'done' ? outcome.data.said : whyWaiting(outcome.about));
  },

  /** @param {string} title */
  say(title) {
    wx.showToast({ title, icon: 'none' });
  },
});
