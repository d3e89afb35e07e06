/* What hangs on a homework, or was handed in for it: pictures, voice, files, links. */

const { words } = require('../../../i18n/index');
const { ApiError } = require('../../../lib/http');
const { show } = require('../../../lib/showing');
const { fetchOnce } = require('../../lib/pictures');

/** @typedef {import('../../lib/pictures').Shown & {path: string}} Picture */

Component({
  properties: {
    files: { type: Array, value: /** @type {import('../../lib/pictures').Shown[]} */ ([]) },
    links: { type: Array, value: /** @type {Api.NamedLink[]} */ ([]) },
  },
  data: { full: '', drawn: '', pictures: /** @type {Picture[]} */ ([]), others: /** @type {any[]} */ ([]) },
  observers: {
    files(/** @type {import('../../lib/pictures').Shown[]} */ files) {
      const known = new Map(this.data.pictures.map(({ full, path }) => [full, path]));
      const pictures = files.filter(({ kind }) => kind === 'picture').map((one) => ({ ...one, path: known.get(one.full) || '' }));
      this.setData({ pictures, others: files.filter(({ kind }) => kind !== 'picture') });
      this.fetchAll(pictures);
    },
  },
  methods: {
    /** Small ones first; the large one comes when it is tapped. @param {Picture[]} pictures */
    async fetchAll(pictures) {
      for (const [index, { thumb, path, full, of }] of pictures.entries()) {
        if (path) continue;
        try {
          const found = await fetchOnce(thumb, of);
          const now = this.data.pictures[index];
          if (now && now.full === full) this.setData({ [`pictures[${index}].path`]: found });
        } catch (error) {
          if (!(error instanceof ApiError)) throw error;
          // The place stays grey; a tap tries again.
        }
      }
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    openPicture(event) {
      const picture = this.data.pictures[event.currentTarget.dataset.index];
      const { drawn } = picture;
      // WeChat's own viewer can lay nothing over a picture.
      return this.withFile(picture, (path) => (drawn ? this.setData({ full: path, drawn }) : wx.previewImage({ urls: [path] })));
    },

    closeFull() {
      this.setData({ full: '', drawn: '' });
    },

    /** @param {WechatMiniprogram.CustomEvent<{file: any}>} event */
    openFile(event) {
      const { file } = event.detail;
      return this.withFile(file, (path) => show(file, path, () => this.say(words().notice.fileFailed)));
    },

    /** @param {import('../../lib/pictures').Shown} file @param {(path: string) => void} act */
    async withFile({ full, of }, act) {
      const t = words().notice;
      wx.showLoading({ title: t.opening });
      try {
        const path = await fetchOnce(full, of);
        wx.hideLoading();
        act(path);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.say(t.fileFailed);
      }
    },

    /** A web address can only be taken along: pages outside are not opened in here. @param {WechatMiniprogram.TouchEvent} event */
    copyLink(event) {
      wx.setClipboardData({ data: event.currentTarget.dataset.url, success: () => this.say(words().notice.copied) });
    },

    /** @param {string} title */
    say(title) {
      wx.showToast({ title, icon: 'none' });
    },
  },
});
