/* What a teacher said to a work: the stamp as it comes down on paper, words, voice, level and points. */

const { fill, words } = require('../../../i18n/index');
const { moment, teacher } = require('../../../lib/format');

Component({
  properties: {
    mark: { type: Object, value: /** @type {any} */ (null) },
    voice: { type: Array, value: /** @type {any[]} */ ([]) }, // with its addresses
  },
  data: { stamp: '', from: '', comment: '', result: '' },
  observers: {
    mark(/** @type {Api.Mark | null} */ mark) {
      if (!mark) return;
      const t = words();
      const points = mark.points === null ? '' : fill(t.mark.points, { n: mark.points, of: mark.points_of || 0 });
      this.setData({
        stamp: mark.stamp ? t.stamp[mark.stamp] : '',
        from: `${teacher(mark.teacher)} · ${moment(mark.marked_at)}`,
        comment: mark.comment,
        result: [mark.level ? t.level[mark.level] : '', points].filter(Boolean).join(' · '),
      });
    },
  },
});
