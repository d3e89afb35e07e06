/* One notice: what it says, what hangs on it, and the answer it wants. */

const api = require('../../lib/api');
const { fill } = require('../../i18n/index');
const { fetchFile } = require('../../lib/files');
const { dateOf, moment } = require('../../lib/format');
const queue = require('../../lib/queue');
const { answerTo, noticeRow } = require('../../lib/rows');
const screen = require('../../lib/screen');
const { show } = require('../../lib/showing');
const { whyWaiting } = require('../../lib/waiting');

/** @typedef {Api.Attachment & {path: string}} Picture */

Page({
  data: {
    ...screen.data(),
    id: '',
    notice: /** @type {any} */ ({}),
    pictures: /** @type {Picture[]} */ ([]),
    files: /** @type {Api.Attachment[]} */ ([]),
    chips: /** @type {string[]} */ ([]),
    ways: /** @type {{url: string, text: string}[]} */ ([]),
    onlyLook: '',
    deadline: '',
    /** open: an answer is wanted; sending; done; none */
    answer: /** @type {'none' | 'open' | 'sending' | 'done'} */ ('none'),
    answered: '',
    refused: '',
    asking: false,
  },

  notice: /** @type {Api.Notice | null} */ (null),
  stop: /** @type {() => void} */ (() => {}),

  /** @param {{id?: string}} query */
  onLoad({ id = '' }) {
    this.setData({ id });
    this.stop = queue.listen((outcome) => this.heard(outcome));
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.notice.title });
    const kept = api.remembered(api.paths.notice(id));
    if (kept) this.setData({ ...this.view(kept), phase: 'ready' });
    this.reload();
  },

  onUnload() {
    this.stop();
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await api.getNotice(this.data.id);
      const view = this.view(data);
      // A card in the chat leads to the notice; what there is to do for a homework is on its own page.
      if (data.kind === 'homework') wx.redirectTo({ url: `/homework/task/index?id=${encodeURIComponent(data.id)}` });
      else if (data.kind === 'tasklist') wx.redirectTo({ url: `/weekend/mine/index?id=${encodeURIComponent(data.id)}` });
      else if (data.kind === 'activity') wx.redirectTo({ url: `/activities/answer/index?id=${encodeURIComponent(data.id)}` });
      else this.fetchPictures(view.pictures);
      return { ...view, offline };
    }, this.data.t.notice);
  },

  /** @param {Api.Notice} notice */
  view(notice) {
    this.notice = notice;
    const { t } = this.data;
    const mayNot = notice.children.filter((child) => !child.may_confirm);
    const due = notice.deadline_at ? { when: moment(notice.deadline_at) } : null;
    const row = noticeRow(notice);
    return {
      notice: row,
      ways: this.waysOf(notice),
      chips: notice.children.map((child) => child.name),
      pictures: notice.attachments.filter(({ kind }) => kind === 'picture').map((one) => ({ ...one, path: this.known(one.file_id) })),
      files: notice.attachments.filter(({ kind }) => kind !== 'picture'),
      onlyLook: notice.confirm !== 'none' && mayNot.length ? fill(t.notice.onlyLook, { names: mayNot.map(({ name }) => name).join('、') }) : '',
      deadline: due ? fill(row.late ? t.notice.late : t.notice.deadline, due) : '',
      ...this.answerOf(notice),
    };
  },

  /** Where it leads: to each child's week, to the work that came back. @param {Api.Notice} notice */
  waysOf(notice) {
    const { week, work } = this.data.t;
    if (notice.kind === 'week') return notice.children.map(({ id, name }) => ({ url: weekOf(id, notice), text: fill(week.see, { name }) }));
    if (notice.kind === 'return') return [{ url: `/homework/task/index?id=${encodeURIComponent(notice.about)}`, text: work.see }];
    return [];
  },

  /**
   * What the bottom of the page offers.
   * @param {Api.Notice} notice
   * @returns {{answer: 'none' | 'open' | 'sending' | 'done', answered?: string}}
   */
  answerOf(notice) {
    const { t } = this.data;
    const mine = notice.children.filter((child) => child.may_confirm);
    const last = mine.map((child) => child.confirmed_at).sort().pop() || notice.confirmed_at;
    if (notice.state === 'withdrawn' || notice.confirm === 'none') return { answer: 'none' };
    if (queue.has(answerTo(notice.id))) return { answer: 'sending', answered: whyWaiting(answerTo(notice.id)) };
    if (mine.length && mine.some((child) => !child.confirmed_at)) return { answer: 'open' };
    if (!last) return { answer: 'none' };
    const word = notice.confirm === 'sign' ? t.notice.signed : t.notice.confirmed;
    return { answer: 'done', answered: `${word} · ${moment(last)}` };
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  follow(event) {
    wx.navigateTo({ url: event.currentTarget.dataset.url });
  },

  /** @param {string} fileId */
  known(fileId) {
    const shown = this.data.pictures.find((one) => one.file_id === fileId);
    return shown ? shown.path : '';
  },

  /** Small pictures first; the large one comes when it is tapped. @param {Picture[]} pictures */
  async fetchPictures(pictures) {
    for (const [index, { file_id: id, path }] of pictures.entries()) {
      if (path) continue;
      try {
        this.setData({ [`pictures[${index}].path`]: await fetchFile(id, this.data.id, 'thumb') });
      } catch {
        // The place stays grey; a tap tries again.
      }
    }
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async openPicture(event) {
    const { id } = event.currentTarget.dataset;
    await this.fetched(async () => {
      const path = await fetchFile(id, this.data.id, 'full');
      wx.previewImage({ urls: [path] });
    });
  },

  /** @param {WechatMiniprogram.CustomEvent<{file: Api.Attachment}>} event */
  async openFile(event) {
    const { file } = event.detail;
    await this.fetched(async () => {
      const path = await fetchFile(file.file_id, this.data.id, 'full');
      show(file, path, () => this.say(this.data.t.notice.fileFailed));
    });
  },

  /** @param {() => Promise<void>} act */
  async fetched(act) {
    const { t } = this.data;
    wx.showLoading({ title: t.notice.opening });
    try {
      await act();
      wx.hideLoading();
    } catch {
      this.say(t.notice.fileFailed);
    }
  },

  /** A web address can only be taken along: pages outside are not opened in here. @param {WechatMiniprogram.TouchEvent} event */
  copyLink(event) {
    wx.setClipboardData({ data: event.currentTarget.dataset.url, success: () => this.say(this.data.t.notice.copied) });
  },

  /** One tap, or two: the queue takes the same answer once. */
  confirm() {
    const { notice } = this;
    if (!notice || this.data.answer !== 'open') return;
    const act = { about: answerTo(notice.id), ...api.confirmation(notice.id, notice.version, api.newKey()) };
    const sent = queue.add(act);
    this.setData({ answer: 'sending', answered: this.data.t.common.sending, refused: '' });
    return sent;
  },

  sign() {
    if (!this.notice) return;
    wx.navigateTo({ url: `/pages/sign/index?id=${encodeURIComponent(this.notice.id)}&version=${this.notice.version}` });
  },

  /** @param {import('../../lib/queue').Outcome} outcome */
  async heard(outcome) {
    const { t, id } = this.data;
    if (outcome.about !== answerTo(id)) return;
    if (outcome.state === 'waiting') this.setData({ answer: 'sending', answered: whyWaiting(outcome.about) });
    if (outcome.state === 'refused') this.setData({ refused: fill(t.notice.refused, { why: outcome.error.message }) });
    if (outcome.state === 'done') this.setData({ asking: true });
    if (outcome.state !== 'waiting') await this.reload();
  },

  closeAsk() {
    this.setData({ asking: false });
  },

  /** @param {string} title */
  say(title) {
    wx.showToast({ title, icon: 'none' });
  },
});

/** The screen of the week that a notice tells of. @param {string} child @param {Api.Notice} notice */
function weekOf(child, notice) {
  const day = dateOf(new Date(notice.published_at));
  return `/homework/week/index?child=${encodeURIComponent(child)}&day=${day}`;
}
