/* Handing something in for a step: words, pictures; the study group sees it only where the family wants that. */

const acts = require('../../lib/acts');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const weekend = require('../lib/api');
const { Attaching } = require('../../lib/attaching');
const { fetchOnce } = require('../../lib/files');
const { filesOf } = require('../lib/rows');

const MOST_PICTURES = 9;

/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    busy: '',
    asked: '',
    words: '',
    pictures: /** @type {any[]} */ ([]),
    room: MOST_PICTURES,
    shared: false,
    agrees: false,
    held: false,
    wrong: '',
  },

  id: '',
  child: '',
  step: 0,
  files: /** @type {Attached[]} */ ([]),
  attaching: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),

  /** @param {{id?: string, child?: string, step?: string}} query */
  onLoad({ id = '', child = '', step = '' }) {
    this.id = decodeURIComponent(id);
    this.child = decodeURIComponent(child);
    this.step = Number(step);
    this.files = [];
    const change = (/** @type {Attached[]} */ files) => {
      this.files = files;
      this.draw();
    };
    this.attaching = new Attaching({ held: () => this.files, change, sent: change, draw: () => this.draw() });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.weekend.handTitle });
    this.reload();
  },

  /** Back from where consent is given. */
  async onShow() {
    if (this.data.phase !== 'ready' || this.data.agrees) return;
    await screen.load(this, async () => ({ agrees: (await weekend.getList(this.id, this.child)).data.agrees }));
  },

  onUnload() {
    this.attaching.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const { data } = await weekend.getList(this.id, this.child);
      const step = data.tasks.steps.find(({ number }) => number === this.step);
      const piece = data.work.pieces.find((one) => one.step === this.step);
      if (piece) this.show(piece);
      return {
        asked: step ? step.text : '', words: piece ? piece.text : '', shared: Boolean(piece && piece.shared), agrees: data.agrees, held: Boolean(piece),
        ...this.view(),
      };
    }, this.data.t.weekend);
  },

  /** @param {Api.Piece} piece */
  show(piece) {
    this.files = piece.files.map(({ file_id: id, name, kind, size_bytes: size }) => ({ key: id, id, name, kind, size, path: '' }));
    this.attaching.fetchShown(filesOf(piece.files, this.id, this.child).map(({ file_id: id, thumb }) => ({ id, fetch: () => fetchOnce(thumb) })));
  },

  view() {
    const pictures = this.attaching.pictures();
    return { pictures, room: MOST_PICTURES - pictures.length };
  },

  draw() {
    this.setData({ ...this.view(), wrong: '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ words: event.detail.value, wrong: '' });
  },

  async addPictures() {
    const chosen = await uploads.choosePictures(this.data.room);
    this.attaching.add(chosen.map((one) => ({ ...one, child: this.child })));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.attaching.drop(event.currentTarget.dataset.key);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  look(event) {
    const { path } = event.currentTarget.dataset;
    if (path) wx.previewImage({ urls: [path] });
  },

  share() {
    if (this.data.agrees) this.setData({ shared: !this.data.shared });
    else wx.navigateTo({ url: '/pages/consents/index' });
  },

  async send() {
    const { t, busy } = this.data;
    if (busy) return;
    if (!this.data.words.trim() && !this.files.length) {
      this.setData({ wrong: t.weekend.handNothing });
      return;
    }
    if (!(await this.arrived())) {
      this.setData({ wrong: t.weekend.uploadingStill });
      return;
    }
    const { words, shared } = this.data;
    const said = { words: words.trim(), file_ids: this.files.map(({ id }) => id), shared };
    const told = await acts.attempt(this, 'hand', (key) => weekend.handIn(this.id, this.child, this.step, said, key));
    if (!told) return;
    uploads.forget(this.files);
    acts.say(t.weekend.handed);
    wx.navigateBack();
  },

  /** What is still on its way is waited for; whether all of it is there. */
  async arrived() {
    if (this.files.every(({ id }) => id)) return true;
    this.setData({ busy: 'files' });
    await this.attaching.sendAll();
    this.setData({ busy: '' });
    return this.files.every(({ id }) => id);
  },

  async takeBack() {
    const { t } = this.data;
    if (!(await acts.ask({ title: t.weekend.handBack, content: t.weekend.handBackAsk, yes: t.weekend.handBack, danger: true }))) return;
    if (await acts.attempt(this, 'take', () => weekend.takeBack(this.id, this.child, this.step))) wx.navigateBack();
  },
});
