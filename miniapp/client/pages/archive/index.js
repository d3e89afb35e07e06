/* The family file: asked for, watched while it is made, taken home by whatever this phone or computer can keep. */

const { attempt, say } = require('../../lib/acts');
const { fetchFresh } = require('../../lib/files');
const { fill } = require('../../i18n/index');
const { day, moment, size } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const people = require('../../lib/people');
const screen = require('../../lib/screen');

const LOOK_AGAIN_MS = 2000;

Page({
  ...screen.reloading((t) => t.archive.title),
  data: {
    ...screen.data(),
    child: '',
    lead: '',
    hint: '',
    making: '',
    percent: 0,
    ready: /** @type {{id: string, name: string, title: string, note: string}[]} */ ([]),
    left: 0,
    busy: '',
  },

  timer: /** @type {any} */ (0),

  /** @param {{child?: string}} query */
  onLoad({ child = '' }) {
    this.setData({ child: decodeURIComponent(child) });
  },

  onHide() {
    clearTimeout(this.timer);
  },

  onUnload() {
    clearTimeout(this.timer);
  },

  reload() {
    clearTimeout(this.timer);
    return screen.load(this, async () => {
      const { data, offline } = await people.getFamilyFiles(this.data.child);
      return { ...this.view(data), offline };
    });
  },

  /** @param {Api.FamilyFiles} found */
  view({ child_name: name, left_today: left, items }) {
    const t = this.data.t.archive;
    const making = items.find((file) => !file.ready);
    // Looked at again by itself while it is being made, and this page is in front.
    if (making) this.timer = setTimeout(() => this.reload(), LOOK_AGAIN_MS);
    return {
      lead: fill(t.lead, { name }),
      hint: fill(t.leadHint, { name }),
      making: !making ? '' : making.total ? fill(t.makingParts, { done: making.done, total: making.total }) : t.making,
      percent: making && making.total ? Math.round((100 * making.done) / making.total) : 0,
      ready: items.filter((file) => file.ready).map((file) => ({
        id: file.id,
        name: fill(t.file, { day: day(file.requested_at) }),
        title: fill(t.of, { when: moment(file.requested_at) }),
        note: fill(t.until, { size: size(file.size_bytes), when: moment(file.expires_at) }),
      })),
      left,
    };
  },

  async ask() {
    const { child, left, making } = this.data;
    if (!left || making) return;
    if (await attempt(this, 'ask', (key) => people.askFamilyFile(child, key))) await this.reload();
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  async take(event) {
    const { id, name } = event.currentTarget.dataset;
    const t = this.data.t.archive;
    wx.showLoading({ title: t.fetching });
    try {
      const path = await fetchFresh(people.familyFile(id));
      wx.hideLoading();
      this.keep(path, name);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wx.hideLoading();
      say(t.fetchFailed);
    }
  },

  /** WeChat opens no archives: it is put where the person can take it from. @param {string} filePath @param {string} fileName */
  keep(filePath, fileName) {
    const t = this.data.t.archive;
    const ways = [
      { name: t.keep, act: () => wx.addFileToFavorites({ filePath, fileName, success: () => say(t.kept), fail: () => {} }) },
      { name: t.pass, act: () => wx.shareFileMessage({ filePath, fileName, fail: () => {} }) },
    ];
    const { platform } = wx.getDeviceInfo();
    if (platform === 'windows' || platform === 'mac') {
      ways.unshift({ name: t.disk, act: () => wx.saveFileToDisk({ filePath, fail: () => {} }) });
    }
    wx.showActionSheet({ itemList: ways.map(({ name }) => name), success: ({ tapIndex }) => ways[tapIndex].act(), fail: () => {} });
  },
});
