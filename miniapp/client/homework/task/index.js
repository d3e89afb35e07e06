/* One homework, as a family sees it: what is to be done, and what became of it for each of their children. */

const days = require('../lib/days');
const homework = require('../lib/api');
const queue = require('../../lib/queue');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { moment, teacher } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const { ofHomework } = require('../lib/pictures');
const { colourOf } = require('../lib/rows');
const { workRow } = require('../lib/work-rows');
const { aboutOf, find, fresh, handIn } = require('../../lib/works');
const { whyWaiting } = require('../../lib/waiting');

Page({
  ...pulling,
  data: {
    ...screen.data(),
    id: '',
    homework: /** @type {any} */ ({}),
    colour: '',
    files: /** @type {any[]} */ ([]),
    facts: /** @type {{icon: string, text: string, late: boolean}[]} */ ([]),
    meta: '',
    works: /** @type {any[]} */ ([]),
    refused: '',
  },

  homework: /** @type {Api.Homework | null} */ (null),
  /** What became of it, by child. @type {Map<string, Api.ChildWork>} */
  works: new Map(),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.works = new Map();
    this.setData({ id: decodeURIComponent(id) });
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.task.title });
  },

  onShow() {
    if (this.data.id) this.reload();
  },

  onUnload() {
    this.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await homework.getHomework(this.data.id);
      this.homework = data;
      if (data.hand_in !== 'nothing') await this.loadWorks(data);
      return { ...this.view(data), offline };
    });
  },

  /** Of one that was taken back there is what was handed in until then, and nothing for who had not. @param {Api.Homework} found */
  async loadWorks(found) {
    const works = await Promise.all(found.children.map(async ({ id }) => {
      try {
        return [(await homework.getWork(found.id, id)).data];
      } catch (error) {
        if (found.state !== 'withdrawn' || !(error instanceof ApiError) || error.code !== 'not_found') throw error;
        return [];
      }
    }));
    this.works = new Map(works.flat().map((work) => [work.child_id, work]));
  },

  /** @param {Api.Homework} found */
  view(found) {
    const { t } = this.data;
    const late = found.due_at !== null && new Date(found.due_at) < new Date();
    const due = found.due_at ? fill(late ? t.task.late : t.task.due, { when: moment(found.due_at) }) : '';
    return {
      homework: found,
      works: found.children.filter(({ id }) => this.works.has(id)).map((child) => this.workOf(child)),
      colour: colourOf(found.subject.code),
      meta: `${teacher(found.author)} · ${moment(found.published_at)}`,
      files: ofHomework(found.attachments, found.id, homework.paths.homework(found.id)),
      facts: [
        { icon: 'clock', text: `${fill(t.evening.about, { n: found.minutes })}，${found.written ? t.task.written : t.task.unwritten}`, late: false },
        { icon: 'day', text: fill(t.task.day, { day: days.full(found.day) }), late: false },
        ...(due ? [{ icon: 'bell', text: due, late }] : []),
        { icon: 'send', text: t.handIn[found.hand_in], late: false },
      ],
    };
  },

  /** What one child handed in, what was said to it, and what may be done now. @param {{id: string, name: string}} child */
  workOf({ id, name }) {
    const work = /** @type {Api.ChildWork} */ (this.works.get(id));
    const about = aboutOf(work.homework_id, id);
    return workRow(work, { name, queued: queue.has(about) ? whyWaiting(about) : '', draft: Boolean(find(about)) });
  },

  /** Ticked off, or to where it is made ready. @param {WechatMiniprogram.TouchEvent} event */
  handIn(event) {
    const { id: child } = event.currentTarget.dataset;
    const found = /** @type {Api.Homework} */ (this.homework);
    if (found.hand_in === 'tick') {
      handIn(fresh(aboutOf(found.id, child)), found.id, child);
      this.setData({ works: this.view(found).works });
      return;
    }
    wx.navigateTo({ url: `/homework/hand-in/index?id=${encodeURIComponent(found.id)}&child=${encodeURIComponent(child)}` });
  },

  /** A question of it goes into the book; the page that the teacher drew on is shown first. @param {WechatMiniprogram.TouchEvent} event */
  keepMistake(event) {
    const { child, file } = event.currentTarget.dataset;
    const query = Object.entries({ child, homework: this.data.id, file }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    wx.navigateTo({ url: `/homework/mistake/index?${query.join('&')}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  openPraised(event) {
    wx.navigateTo({ url: `/homework/praised/index?id=${encodeURIComponent(this.data.id)}&child=${encodeURIComponent(event.currentTarget.dataset.id)}` });
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  heard(outcome) {
    if (!outcome.about.includes(this.data.id) || outcome.state === 'waiting') return;
    const refused = outcome.state === 'refused' ? fill(this.data.t.notice.refused, { why: outcome.error.message }) : '';
    this.setData({ refused });
    // What was said about the time stands on the screen already, and may have been changed again meanwhile.
    if (outcome.about.startsWith('work:')) this.reload();
  },
});
