/* Pictures, files and a link, of whatever they belong to: each file says where its `thumb` and its `full` are. */

const { words } = require('../../i18n/index');
const { fetchOnce } = require('../../lib/files');
const { ApiError } = require('../../lib/http');
const { show } = require('../../lib/showing');

/** @typedef {Api.Attachment & {thumb: string, full: string, path: string}} Picture */

Component({
  properties: {
    files: { type: Array, value: /** @type {(Api.Attachment & {thumb: string, full: string})[]} */ ([]) },
    link: String,
  },
  data: { pictures: /** @type {Picture[]} */ ([]), others: /** @type {any[]} */ ([]) },
  observers: {
    files(/** @type {Picture[]} */ files) {
      const known = new Map(this.data.pictures.map(({ full, path }) => [full, path]));
      const pictures = files.filter(({ kind }) => kind === 'picture').map((one) => ({ ...one, path: known.get(one.full) || '' }));
      this.setData({ pictures, others: files.filter(({ kind }) => kind !== 'picture') });
      this.fetchAll(pictures);
    },
  },
  methods: {
    /** @param {Picture[]} pictures */
    async fetchAll(pictures) {
      for (const [index, { thumb, path, full }] of pictures.entries()) {
        if (path) continue;
        try {
          const found = await fetchOnce(thumb);
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
      return this.withFile(this.data.pictures[event.currentTarget.dataset.index].full, (path) => wx.previewImage({ urls: [path] }));
    },

    /** @param {WechatMiniprogram.CustomEvent<{file: any}>} event */
    openFile(event) {
      const { file } = event.detail;
      return this.withFile(file.full, (path) => show(file, path, () => this.say(words().notice.fileFailed)));
    },

    /** @param {string} address @param {(path: string) => void} act */
    async withFile(address, act) {
      try {
        act(await fetchOnce(address));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.say(words().notice.fileFailed);
      }
    },

    copyLink() {
      wx.setClipboardData({ data: this.data.link });
    },

    /** @param {string} title */
    say(title) {
      wx.showToast({ title, icon: 'none' });
    },
  },
});
