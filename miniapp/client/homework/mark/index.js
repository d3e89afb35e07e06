/* Marking one work after the other: a finger draws on the picture, a tap stamps, and the next one is there at once. */

const homework = require('../lib/api');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { fetchOnce, overlay } = require('../lib/pictures');
const { Pen } = require('../lib/pen');
const { versionsOf } = require('../lib/work-rows');

const MARGIN = 48 / 750; // of the screen's width, beside a picture
const SQUARE = { width: 1, height: 1 };
const MOST_POINTS = 150;

/** @typedef {{x: number, y: number}} Touch on a canvas, from its corner */

Page({
  data: {
    ...screen.data(),
    id: '',
    name: '',
    left: '',
    text: '',
    when: '',
    pictures: /** @type {any[]} */ ([]),
    at: 0,
    path: '',
    box: { width: 0, height: 0 },
    drawing: false,
    drawn: false,
    over: '', // what is drawn already, while the pen rests
    others: /** @type {any[]} */ ([]),
    earlier: /** @type {any[]} */ ([]),
    marks: /** @type {any[]} */ ([]),
    comment: '',
    phrases: /** @type {string[]} */ ([]),
    stamps: /** @type {Api.Stamp[]} */ (['good', 'careful', 'progress', 'effort', 'seen']),
    stamp: /** @type {Api.Stamp | ''} */ (''),
    levels: /** @type {Api.Level[]} */ (['excellent', 'good', 'passed', 'try_again']),
    level: /** @type {Api.Level | ''} */ (''),
    points: '',
    voice: /** @type {import('../../lib/uploads').Attached | null} */ (null),
    praise: { child: '', allowed: false, shown: false },
    wrong: '',
    hasNext: false,
  },

  id: '',
  cls: '',
  child: '',
  version: 0,
  seen: 0, // marks that stood there
  /** Of whom something was said while this page is open. @type {Set<string>} */
  said: new Set(),
  pile: /** @type {Api.Pile | null} */ (null),
  /** What is drawn, by picture. @type {Map<string, Api.Stroke[]>} */
  strokes: new Map(),
  pen: /** @type {InstanceType<typeof Pen> | null} */ (null),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string, cls?: string, child?: string}} query */
  onLoad({ id = '', cls = '', child = '' }) {
    Object.assign(this, { id: decodeURIComponent(id), cls: decodeURIComponent(cls), child: decodeURIComponent(child) });
    this.setData({ id: this.id });
    this.said = new Set();
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    const { t } = this.data;
    wx.setNavigationBarTitle({ title: t.marking.title });
    this.setData({ phrases: t.marking.phrases.split('|') });
    this.reload();
  },

  onUnload() {
    this.stop();
  },

  reload() {
    this.strokes = new Map();
    return screen.load(this, async () => {
      const [{ data: pile }, data] = await Promise.all([homework.getPile(this.id, this.cls), homework.getSubmission(this.id, this.child)]);
      this.pile = pile;
      const [latest, ...earlier] = versionsOf(data, this.id, this.child);
      this.version = latest.number;
      this.seen = data.marks.length;
      const row = pile.items.find(({ child_id: id }) => id === this.child);
      const pictures = latest.files.filter(({ kind }) => kind === 'picture');
      this.setData({ pictures });
      this.showPicture(pictures, 0);
      return {
        name: row ? row.name : '',
        left: fill(this.data.t.marking.left, { n: this.waiting().length }),
        hasNext: this.waiting().some((id) => id !== this.child),
        text: latest.text, when: latest.when, pictures, marks: latest.marks, earlier,
        others: latest.files.filter(({ kind }) => kind !== 'picture'),
        comment: '', stamp: '', level: '', points: '', wrong: '', voice: null,
        praise: { child: this.child, allowed: data.may_praise, shown: data.praised },
      };
    });
  },

  /** Whose work nobody has looked at; the list may be older than what was said here. */
  waiting() {
    const items = this.pile ? this.pile.items : [];
    return items.filter(({ state, child_id: id }) => state === 'handed_in' && !this.said.has(id) && !queue.has(`mark:${this.id}:${id}`)).map(({ child_id: id }) => id);
  },

  // -------------------------------------------------------------------------------- drawing on a picture

  /** @param {any[]} pictures @param {number} at */
  async showPicture(pictures, at) {
    const picture = pictures[at];
    this.pen = null;
    this.setData({ at, path: '', box: { width: 0, height: 0 }, drawing: false, over: '', drawn: false });
    if (!picture) return;
    const { width: wide, height: high } = picture.width && picture.height ? picture : SQUARE;
    const width = Math.floor(wx.getWindowInfo().windowWidth * (1 - MARGIN));
    try {
      const path = await fetchOnce(picture.full);
      const shown = this.data.pictures[this.data.at];
      if (!shown || shown.full !== picture.full) return; // another one was chosen meanwhile
      this.setData({ path, box: { width, height: Math.round((width * high) / wide) } });
      this.restPen();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ wrong: this.data.t.notice.fileFailed });
    }
  },

  /** What is drawn on the picture that is shown. */
  lines() {
    const { file_id: id } = this.data.pictures[this.data.at];
    const strokes = this.strokes.get(id) || [];
    this.strokes.set(id, strokes);
    return strokes;
  },

  /** A canvas takes every touch of its place: it is there only while the pen is on. */
  togglePen() {
    if (this.data.drawing) this.restPen();
    else this.setData({ drawing: true }, () => this.startPen());
  },

  startPen() {
    const strokes = this.lines();
    wx.createSelectorQuery().select('#paper').fields({ node: true, size: true }).exec(([found]) => {
      if (found) this.pen = new Pen(found.node, { width: found.width, height: found.height }, wx.getWindowInfo().pixelRatio, strokes);
    });
  },

  restPen() {
    const strokes = this.lines();
    this.pen = null;
    const over = strokes.length ? overlay(strokes, this.data.pictures[this.data.at]) : '';
    this.setData({ drawing: false, over, drawn: strokes.length > 0 });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choosePicture(event) {
    this.showPicture(this.data.pictures, event.currentTarget.dataset.at);
  },

  /** @param {{touches: Touch[]}} event */
  down({ touches: [touch] }) {
    if (!this.pen) return;
    this.pen.down(touch.x, touch.y);
    this.setData({ drawn: true });
  },

  /** @param {{touches: Touch[]}} event */
  move({ touches: [touch] }) {
    if (this.pen) this.pen.move(touch.x, touch.y);
  },

  undo() {
    if (this.pen) {
      this.pen.undo();
      this.setData({ drawn: this.pen.strokes.length > 0 });
      return;
    }
    this.lines().pop();
    this.restPen();
  },

  // ------------------------------------------------------------------------------------- what is said

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  addPhrase(event) {
    const { phrase } = event.currentTarget.dataset;
    this.setData({ comment: this.data.comment + phrase, wrong: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    const { field, value } = event.currentTarget.dataset;
    const held = /** @type {Record<string, any>} */ (this.data)[field];
    this.setData({ [field]: held === value ? '' : value, wrong: '' });
  },

  /** @param {WechatMiniprogram.CustomEvent<{voice: any}>} event */
  heardVoice(event) {
    this.setData({ voice: event.detail.voice, wrong: '' });
  },

  /** A question of the picture that is shown goes into the child's book. */
  cutMistake() {
    const { file_id: file } = this.data.pictures[this.data.at];
    const query = Object.entries({ child: this.child, homework: this.id, file, marking: '1' }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    wx.navigateTo({ url: `/homework/mistake/index?${query.join('&')}` });
  },

  finish() {
    this.say(false);
  },

  giveBack() {
    this.say(true);
  },

  /** From here on it is the queue's; the next work need not wait for it. @param {boolean} returned */
  say(returned) {
    const { t, comment, stamp, level, points, voice } = this.data;
    const drawings = [...this.strokes].filter(([, strokes]) => strokes.length).map(([id, strokes]) => ({ file_id: id, strokes }));
    const number = points === '' ? null : Number(points);
    if (number !== null && !(Number.isInteger(number) && number >= 0 && number <= MOST_POINTS)) {
      this.setData({ wrong: t.marking.pointsWrong });
      return;
    }
    // A tap on "done" alone is a stamp: seen.
    const silent = !comment.trim() && !voice && !stamp && !level && number === null && !drawings.length && !returned;
    queue.add(homework.mark(this.id, this.child, {
      version: this.version, marks: this.seen, comment: comment.trim(), voice_file_id: '', stamp: stamp || (silent ? 'seen' : null), level: level || null,
      points: number, points_of: number === null ? null : Math.max(100, number), drawings, returned,
    }, voice));
    this.said.add(this.child);
    this.next();
  },

  next() {
    const [next] = this.waiting().filter((id) => id !== this.child);
    if (next) {
      this.child = next;
      this.setData({ phase: 'loading' });
      wx.pageScrollTo({ scrollTop: 0, duration: 0 });
      this.reload();
      return;
    }
    wx.navigateBack();
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    if (outcome.state !== 'refused' || !/^(mark|praise):/.test(outcome.about) || outcome.about.split(':')[1] !== this.id) return;
    wx.showToast({ title: fill(this.data.t.notice.refused, { why: outcome.error.message }), icon: 'none' });
  },
});
