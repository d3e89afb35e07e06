/* Showing good work to the class: only where the family agrees, and by the first name alone. */

const homework = require('../../lib/api');
const queue = require('../../../lib/queue');

Component({
  properties: {
    homework: { type: String, value: '' },
    child: { type: String, value: '' },
    allowed: { type: Boolean, value: false },
    shown: { type: Boolean, value: false },
    words: { type: Object, value: /** @type {any} */ ({}) },
  },
  data: { on: false },
  observers: {
    'child, shown'(/** @type {string} */ _child, /** @type {boolean} */ shown) {
      this.setData({ on: shown });
    },
  },
  methods: {
    /** From here on it is the queue's; what was tapped last counts. */
    toggle() {
      const on = !this.data.on;
      this.setData({ on });
      queue.replace(homework.praise(this.data.homework, this.data.child, on));
    },
  },
});
