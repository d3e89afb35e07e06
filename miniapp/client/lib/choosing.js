/* Files of what is being written, on either form: chosen while there is room, taken off again. */

const uploads = require('./uploads');
const { fill, words } = require('../i18n/index');
const { FILE_LIMIT } = require('./notice-form');

/** What a form's page does with files. It has `writing` (what they hang on), `files` (its `Attaching`), `say`. */
const choosing = {
  /** @this {any} */
  async addPictures() {
    const room = this.room();
    if (room) this.files.add(await uploads.choosePictures(room));
  },

  /** @this {any} */
  async addFiles() {
    const room = this.room();
    if (room) this.files.add(await uploads.chooseDocuments(room));
  },

  /** How many more there may be; says so when there is no room. @this {any} @returns {number} */
  room() {
    const room = FILE_LIMIT - this.writing().attached.length;
    if (!room) this.say(fill(words().publish.tooMany, { n: FILE_LIMIT }));
    return room;
  },

  /** @this {any} @param {WechatMiniprogram.TouchEvent} event */
  remove(event) {
    this.files.drop(event.currentTarget.dataset.key);
  },
};

module.exports = { choosing };
