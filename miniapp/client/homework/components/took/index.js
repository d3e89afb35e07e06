/* How long it took a child, if the family likes to say so: one tap, and one more takes it back. */

const homework = require('../../lib/api');
const queue = require('../../../lib/queue');
const { fill, words } = require('../../../i18n/index');

const SHARES = [0.5, 1, 1.5, 2]; // of what the teacher expects
const STEP = 5;

/** Minutes to choose from, around what is expected. @param {number} expected @param {number | null} took */
function choices(expected, took) {
  const near = SHARES.map((share) => Math.max(STEP, Math.round((expected * share) / STEP) * STEP));
  return [...new Set(took === null ? near : [...near, took])].sort((a, b) => a - b);
}

Component({
  properties: {
    homework: String,
    child: { type: Object, value: /** @type {any} */ (null) },
    expected: Number,
    named: Boolean, // whether to say which child
  },
  data: { t: words().took, took: /** @type {number | null} */ (null), choices: /** @type {any[]} */ ([]), title: '' },
  observers: {
    'child, expected'(child) {
      if (child) this.draw(child.took);
    },
  },
  methods: {
    /** @param {number | null} took */
    draw(took) {
      const t = words().took;
      const { child, expected, named } = this.data;
      this.setData({
        t, took,
        title: named ? fill(t.titleOf, { name: child.name }) : t.title,
        choices: choices(expected, took).map((minutes) => ({ minutes, text: fill(words().evening.minutes, { n: minutes }) })),
      });
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      const { minutes } = event.currentTarget.dataset;
      const took = minutes === this.data.took ? null : minutes;
      this.draw(took);
      // What was said before and still waits is not said any more.
      const act = homework.took(this.data.homework, this.data.child.id, took);
      queue.replace(act);
    },
  },
});
