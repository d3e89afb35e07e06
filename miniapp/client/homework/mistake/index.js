/* A mistake into the book: cut out of what was handed in (by the family, or while marking), of a picture of one's own, or
in words; and what an entry says, said anew. */

const days = require('../lib/days');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const screen = require('../../lib/screen');
const uploads = require('../../lib/uploads');
const { ask } = require('../../lib/acts');
const { fill } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { frameOf, styleOf } = require('../lib/frame');
const { fetchOnce, ofMistake } = require('../lib/pictures');
const { versionsOf } = require('../lib/work-rows');
const { whyWaiting } = require('../../lib/waiting');

const MARGIN = 48 / 750; // of the screen's width, beside a picture
const HIGHEST = 0.52; // of the screen: what is said of it is below
const BEFORE = 13; // days in which a subject had homework

/** @typedef {{clientX: number, clientY: number}} Touch from the screen's corner */

Page({
  data: {
    ...screen.data(),
    isNew: true,
    marking: false,
    subjects: /** @type {Api.Subject[]} */ ([]),
    subject: '',
    pictures: /** @type {any[]} */ ([]),
    at: 0,
    path: '',
    over: '',
    box: { width: 0, height: 0 },
    frame: '',
    knowledge: '',
    cause: /** @type {Api.Cause} */ ('unknown'),
    causes: /** @type {Api.Cause[]} */ (['careless', 'misread', 'concept', 'method']),
    note: '',
    wrong: '',
    busy: false,
  },

  child: '',
  homework: '',
  file: '',
  mistake: '',
  own: /** @type {import('../../lib/uploads').Attached | null} */ (null),
  cut: /** @type {Api.Cut | null} */ (null),
  corner: { left: 0, top: 0 },
  from: { x: 0, y: 0 },
  about: '',
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{child?: string, homework?: string, file?: string, mistake?: string, marking?: string}} query */
  onLoad({ child = '', homework: id = '', file = '', mistake = '', marking = '' }) {
    Object.assign(this, { child: decodeURIComponent(child), homework: decodeURIComponent(id), file: decodeURIComponent(file), mistake: decodeURIComponent(mistake) });
    this.setData({ marking: Boolean(marking), isNew: !mistake });
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    const { mistake: t } = this.data.t;
    wx.setNavigationBarTitle({ title: mistake ? t.change : t.title });
    this.reload();
  },

  onUnload() {
    this.stop();
    if (this.own && !this.about) uploads.forget([this.own]);
  },

  reload() {
    return screen.load(this, async () => {
      if (this.mistake) return this.loadEntry();
      if (this.homework) return this.loadWork();
      const subjects = await this.findSubjects();
      return { subjects, subject: subjects.length === 1 ? subjects[0].code : '' };
    });
  },

  async loadEntry() {
    const { data } = await homework.getMistake(this.child, this.mistake);
    const { note, knowledge, cause, file_id: file } = data;
    const pictures = file ? [ofMistake(file, data.id, this.child, homework.paths.mistake(this.child, data.id))] : [];
    this.showPicture(pictures, 0);
    return { note, knowledge, cause, pictures };
  },

  /** The pictures of the version that this one belongs to. */
  async loadWork() {
    const { marking } = this.data;
    const submission = marking ? await homework.getSubmission(this.homework, this.child) : (await homework.getWork(this.homework, this.child)).data.submission;
    const versions = submission ? versionsOf(submission, this.homework, this.child, marking ? '' : homework.paths.work(this.homework, this.child)) : [];
    const version = versions.find(({ files }) => files.some((one) => one.file_id === this.file));
    if (!version) throw new ApiError('not_found', '', {}, 404);
    const pictures = version.files.filter(({ kind }) => kind === 'picture');
    this.showPicture(pictures, pictures.findIndex((one) => one.file_id === this.file));
    return { pictures };
  },

  /** Those that had homework lately. @returns {Promise<Api.Subject[]>} */
  async findSubjects() {
    const { data } = await homework.getEvenings(days.plus(days.today(), -BEFORE), BEFORE + 1);
    const mine = data.evenings.filter(({ child_id: id }) => id === this.child).flatMap(({ items }) => items.map(({ subject }) => subject));
    return [...new Map(mine.map((subject) => [subject.code, subject])).values()];
  },

  // ------------------------------------------------------------------------------- the picture, the frame

  /** @param {any[]} pictures @param {number} at */
  async showPicture(pictures, at) {
    const picture = pictures[at];
    if (!picture) return;
    this.unframe();
    this.setData({ at, path: '', over: picture.drawn || '', box: { width: 0, height: 0 } });
    try {
      const path = await fetchOnce(picture.full, picture.of);
      if (this.data.at === at) this.setData({ path });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.setData({ wrong: this.data.t.notice.fileFailed });
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choosePicture(event) {
    this.showPicture(this.data.pictures, event.currentTarget.dataset.at);
  },

  /** As large as it may be beside what is said of it. @param {WechatMiniprogram.ImageLoad} event */
  sized({ detail: { width: wide, height: high } }) {
    const { windowWidth, windowHeight } = wx.getWindowInfo();
    const scale = Math.min((windowWidth * (1 - MARGIN)) / wide, (windowHeight * HIGHEST) / high);
    this.setData({ box: { width: Math.round(wide * scale), height: Math.round(high * scale) } });
  },

  /** @param {{touches: Touch[]}} event */
  down({ touches: [touch] }) {
    if (this.mistake) return;
    wx.createSelectorQuery().select('#sheet').boundingClientRect().exec(([{ left, top }]) => {
      this.corner = { left, top };
      this.from = this.place(touch);
    });
    this.unframe();
  },

  /** @param {{touches: Touch[]}} event */
  move({ touches: [touch] }) {
    if (this.mistake) return;
    this.cut = frameOf(this.from, this.place(touch), this.data.box);
    this.setData({ frame: this.cut ? styleOf(this.cut) : '', wrong: '' });
  },

  /** @param {Touch} touch */
  place({ clientX, clientY }) {
    return { x: clientX - this.corner.left, y: clientY - this.corner.top };
  },

  unframe() {
    this.cut = null;
    this.setData({ frame: '' });
  },

  async takePicture() {
    const [picture] = await uploads.choosePictures(1);
    if (!picture) return;
    if (this.own) uploads.forget([this.own]);
    this.own = { ...picture, child: this.child };
    this.unframe();
    this.setData({ path: picture.path, wrong: '' });
  },

  // ------------------------------------------------------------------------------------ what is said of it

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    this.setData({ [event.currentTarget.dataset.field]: event.detail.value, wrong: '' });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseCause(event) {
    const { value } = event.currentTarget.dataset;
    this.setData({ cause: this.data.cause === value ? 'unknown' : value });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseSubject(event) {
    this.setData({ subject: event.currentTarget.dataset.code, wrong: '' });
  },

  /** From here on it is the queue's. */
  save() {
    const { t, busy, marking, isNew, subject, note, knowledge, cause, path } = this.data;
    if (busy) return;
    const said = { note: note.trim(), knowledge: knowledge.trim(), cause };
    const wrong = isNew && !this.homework && !subject ? t.set.subjectMissing : !path && !said.note ? t.mistake.missing : '';
    this.setData({ wrong });
    if (wrong) return;
    if (!isNew) this.send(homework.changeMistake(this.child, this.mistake, said));
    else if (this.homework) {
      const { file_id: file } = this.data.pictures[this.data.at];
      const cut = this.cut || frameOf({ x: 0, y: 0 }, { x: 1, y: 1 }, { width: 1, height: 1 });
      const entry = { ...said, file_id: file, ...(cut ? { cut } : {}) };
      this.send(marking ? homework.enterMistakeOf(this.homework, this.child, entry) : homework.enterMistake(this.child, { ...entry, homework_id: this.homework }, []));
    } else this.send(homework.enterMistake(this.child, { ...said, subject, file_id: '', ...(this.cut ? { cut: this.cut } : {}) }, this.own ? [this.own] : []));
  },

  async drop() {
    const t = this.data.t.mistake;
    if (await ask({ title: t.drop, content: t.dropAsk, yes: t.dropYes, danger: true })) this.send(homework.dropMistake(this.child, this.mistake));
  },

  /** @param {import('../../lib/queue').Act} act */
  send(act) {
    this.about = act.about;
    this.setData({ busy: true });
    queue.add(act);
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    const { t, busy, isNew, marking } = this.data;
    if (!busy || outcome.about !== this.about) return;
    this.setData({ busy: false });
    if (outcome.state === 'refused') {
      this.about = '';
      this.setData({ wrong: fill(t.notice.refused, { why: Object.values(outcome.error.fields)[0] || outcome.error.message }) });
      return;
    }
    wx.navigateBack();
    const done = marking ? t.mistake.given : isNew ? t.mistakes.kept : t.mistake.saved;
    wx.showToast({ title: outcome.state === 'waiting' ? whyWaiting(outcome.about) : done, icon: 'none' });
  },
});
