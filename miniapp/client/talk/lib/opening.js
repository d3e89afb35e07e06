/* What hangs on the messages of a conversation, spread into its page: pictures are fetched as they are shown, voices and
files when they are tapped. Nothing of it is kept beyond the page: whoever is out of the conversation has it no more. */

const acts = require('../../lib/acts');
const playing = require('./playing');
const talk = require('./api');
const { pageOf } = require('./shares');
const { fetchFresh } = require('../../lib/files');
const { ApiError } = require('../../lib/http');

/** @typedef {{seq: number, files: (Api.Message['files'][0] & {path: string})[]}} Shown */

module.exports = {
  opening: {
    /** Put paths to what is there; ask for the pictures that are not. @this {any} @param {Shown[]} shown */
    withPaths(shown) {
      shown.forEach((one) => one.files.forEach((file) => {
        file.path = this.paths.get(file.id) || '';
        if (file.kind === 'picture' && !this.paths.has(file.id)) this.fetchPicture(one.seq, file.id);
      }));
    },

    /** @this {any} @param {number} seq @param {string} file */
    async fetchPicture(seq, file) {
      this.paths.set(file, '');
      try {
        await this.fetch(seq, file);
        this.draw();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // The place stays grey until it is tapped, or the page is opened anew.
      }
    },

    /** @this {any} @param {number} seq @param {string} file @returns {Promise<string>} */
    async fetch(seq, file) {
      const path = this.paths.get(file) || (await fetchFresh(talk.paths.file(this.id, seq, file)));
      this.paths.set(file, path);
      return path;
    },

    /** @this {any} @param {WechatMiniprogram.TouchEvent} event */
    async open(event) {
      const { seq, id } = event.currentTarget.dataset;
      const message = this.messages.find((/** @type {Api.Message} */ one) => one.seq === seq);
      const file = message && message.files.find((/** @type {{id: string}} */ one) => one.id === id);
      if (!file) return;
      if (this.data.played === id) {
        playing.stop();
        return;
      }
      try {
        const path = await this.fetch(seq, id);
        if (file.kind === 'picture') wx.previewImage({ urls: [path] });
        else if (file.kind === 'audio') this.hear(id, path);
        else this.show(path, file.name);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        acts.say(this.data.t.notice.fileFailed);
      }
    },

    /** A page outside cannot be opened here: its address is copied. @this {any} @param {WechatMiniprogram.TouchEvent} event */
    async follow(event) {
      const message = this.messages.find((/** @type {Api.Message} */ one) => one.seq === event.currentTarget.dataset.seq);
      if (!message) return;
      if (message.card) {
        wx.navigateTo({ url: pageOf(message.card, message.card_id, this.thread.as_staff) });
        return;
      }
      await wx.setClipboardData({ data: message.link });
      acts.say(this.data.t.notice.copied);
    },

    /** @this {any} @param {string} id @param {string} path */
    hear(id, path) {
      playing.play(path, () => this.setData({ played: '' }));
      this.setData({ played: id });
    },

    /** @this {any} @param {string} filePath @param {string} name */
    show(filePath, name) {
      const fileType = /** @type {any} */ (name.split('.').pop());
      wx.openDocument({ filePath, fileType, showMenu: true, fail: () => acts.say(this.data.t.notice.fileFailed) });
    },
  },
};
