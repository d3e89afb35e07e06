/* Good work of the class, shown while its families agree: a first name and the work, nothing that compares. */

const homework = require('../lib/api');
const screen = require('../../lib/screen');
const { ofPraised } = require('../lib/pictures');

Page({
  ...screen.reloading((t) => t.praise.title),
  data: {
    ...screen.data(),
    rows: /** @type {any[]} */ ([]),
  },

  id: '',
  child: '',

  /** @param {{id?: string, child?: string}} query */
  onLoad({ id = '', child = '' }) {
    Object.assign(this, { id: decodeURIComponent(id), child: decodeURIComponent(child) });
  },

  reload() {
    return screen.load(this, async () => {
      const { items } = await homework.getPraised(this.id, this.child);
      return { rows: items.map(({ name, text, files }, key) => ({ key, name, text, files: ofPraised(files, this.id, this.child) })) };
    });
  },
});
