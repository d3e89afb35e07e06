/* A topic as it stands in a circle and on its own page: who, when, what, its pictures, and what became of it. */

const { words } = require('../../../i18n/index');

Component({
  properties: {
    row: { type: Object, value: /** @type {any} */ (null) },
    counts: Boolean, // how many have read it, for who leads
  },
  data: { t: words().circle },
  methods: {
    like() {
      this.triggerEvent('like', { id: this.data.row.id, liked: !this.data.row.liked });
    },
  },
});
