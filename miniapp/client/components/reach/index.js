/* How far something got, as a bar: one piece a state, as long as there are children in it. */

const { words } = require('../../i18n/index');
const { STATES } = require('../../lib/teach-rows');

Component({
  properties: {
    states: { type: Object, value: /** @type {any} */ (null) },
    tall: Boolean,
    underway: Boolean, // messages are still on their way: nobody is out of reach yet
  },
  data: { pieces: /** @type {{state: string, count: number}[]} */ ([]), says: '' },
  observers: {
    states(/** @type {Record<string, number> | null} */ states) {
      const counted = states || {};
      const pieces = STATES.map((state) => ({ state, count: counted[state] || 0 })).filter(({ count }) => count);
      const names = words().receipt;
      this.setData({ pieces, says: pieces.map(({ state, count }) => `${names[/** @type {Api.ReceiptState} */ (state)]} ${count}`).join(' ') });
    },
  },
});
