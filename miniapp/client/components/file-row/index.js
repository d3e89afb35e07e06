/* One attachment that is no picture: name, size, a tap opens it. */

const { size } = require('../../lib/format');

/** @type {Record<string, string>} */
const ICONS = { audio: 'voice', video: 'film' };

Component({
  properties: { file: { type: Object, value: /** @type {any} */ ({}) } },
  data: { size: '', icon: 'file' },
  observers: {
    file(/** @type {Api.Attachment} */ file) {
      if (file.file_id) this.setData({ size: size(file.size_bytes), icon: ICONS[file.kind] || 'file' });
    },
  },
  methods: {
    open() {
      this.triggerEvent('open', { file: this.data.file });
    },
  },
});
