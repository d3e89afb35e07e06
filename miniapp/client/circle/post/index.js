/* A new topic: words, up to nine pictures, and who of the class is in each; only children whose families agree. */

const acts = require('../../lib/acts');
const circles = require('../lib/api');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const { fill } = require('../../i18n/index');
const { Attaching } = require('../../lib/attaching');

const MOST_PICTURES = 9; // domain/circles.py PICTURE_LIMIT
const TEXT_LIMIT = 2000; // domain/messages.py

/** @typedef {import('../../lib/uploads').Attached} Attached */

Page({
  data: {
    ...screen.data(),
    busy: '',
    words: '',
    limit: TEXT_LIMIT,
    pictures: /** @type {any[]} */ ([]),
    room: MOST_PICTURES,
    chosen: '', // the picture whose children are being named
    who: /** @type {{id: string, name: string, on: boolean, agrees: boolean}[]} */ ([]),
    whoTitle: '',
    refused: false,
    wrong: '',
  },

  id: '',
  staff: false,
  children: /** @type {Api.Taggable[]} */ ([]),
  files: /** @type {Attached[]} */ ([]),
  /** Who is in which picture, by the picture's key. @type {Map<string, Set<string>>} */
  named: new Map(),
  attaching: /** @type {InstanceType<typeof Attaching>} */ (/** @type {any} */ (null)),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    Object.assign(this, { id: decodeURIComponent(id), files: [], named: new Map() });
    const change = (/** @type {Attached[]} */ files) => {
      this.files = files;
      this.draw();
    };
    this.attaching = new Attaching({ held: () => this.files, change, sent: change, draw: () => this.draw() });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.circle.post });
    this.reload();
  },

  onUnload() {
    this.attaching.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const { data: mine } = await circles.getCircles();
      const circle = mine.items.find(({ id }) => id === this.id);
      this.staff = Boolean(circle && circle.as_staff);
      this.children = circle && circle.kind === 'class' ? (await circles.getChildren(this.id)).data.items : [];
      return this.view();
    }, this.data.t.circle);
  },

  view() {
    const { t } = this.data;
    const pictures = this.attaching.pictures();
    const chosen = pictures.some(({ key }) => key === this.data.chosen) ? this.data.chosen : (pictures[0] || { key: '' }).key;
    const inIt = this.named.get(chosen) || new Set();
    return {
      pictures: pictures.map((one) => ({ ...one, count: (this.named.get(one.key) || new Set()).size })),
      room: MOST_PICTURES - pictures.length,
      chosen,
      whoTitle: pictures.length ? fill(t.circle.who, { n: pictures.findIndex(({ key }) => key === chosen) + 1 }) : '',
      who: this.children.map(({ id, name, agrees }) => ({ id, name, agrees, on: inIt.has(id) })),
      refused: this.children.some(({ agrees }) => !agrees),
    };
  },

  draw() {
    this.setData({ ...this.view(), wrong: '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ words: event.detail.value, wrong: '' });
  },

  /** A family's file belongs to a child of theirs. */
  async addPictures() {
    const taken = await uploads.choosePictures(this.data.room);
    const [first] = this.children;
    this.attaching.add(taken.map((one) => (this.staff || !first ? one : { ...one, child: first.id })));
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.named.delete(event.currentTarget.dataset.key);
    this.attaching.drop(event.currentTarget.dataset.key);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.setData({ chosen: event.currentTarget.dataset.key });
    this.draw();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  name(event) {
    const { id } = event.currentTarget.dataset;
    const child = this.children.find((one) => one.id === id);
    if (!child) return;
    if (!child.agrees) {
      acts.say(fill(this.data.t.circle.noConsent, { name: child.name }));
      return;
    }
    const inIt = this.named.get(this.data.chosen) || new Set();
    if (!inIt.delete(id)) inIt.add(id);
    this.named.set(this.data.chosen, inIt);
    this.draw();
  },

  async send() {
    const { busy, t, words } = this.data;
    if (busy) return;
    if (!words.trim() && !this.files.length) {
      this.setData({ wrong: t.circle.nothing });
      return;
    }
    if (!(await this.arrived())) {
      this.setData({ wrong: t.circle.uploadingStill });
      return;
    }
    const pictures = this.files.map(({ id, key }) => ({ file_id: id, child_ids: [...(this.named.get(key) || [])] }));
    if (!(await acts.attempt(this, 'post', (key) => circles.post(this.id, { text: words.trim(), pictures }, key)))) return;
    uploads.forget(this.files);
    acts.say(t.circle.posted);
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
});
