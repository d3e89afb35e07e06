/* A child's term of homework for its family: by week and by subject. Nobody is compared with anybody. */

const days = require('../lib/days');
const homework = require('../lib/api');
const screen = require('../../lib/screen');
const { fill } = require('../../i18n/index');
const { colourOf } = require('../lib/rows');

/** Whole percents, rounded down: not all is never shown as 100. @param {number} done @param {number} all */
const share = (done, all) => (all ? Math.floor((100 * done) / all) : 0);

Page({
  ...screen.reloading((t) => t.report.title),
  data: {
    ...screen.data(),
    term: '',
    range: '',
    title: '',
    minutes: '',
    lines: /** @type {{name: string, value: string}[]} */ ([]),
    weeks: /** @type {any[]} */ ([]),
    subjects: /** @type {any[]} */ ([]),
  },

  child: '',

  /** @param {{child?: string}} query */
  onLoad({ child = '' }) {
    this.child = decodeURIComponent(child);
  },

  reload() {
    return screen.load(this, async () => {
      const { data, offline } = await homework.getReport(this.child);
      return { ...this.view(data), offline };
    });
  },

  /** @param {Api.Report} report */
  view(report) {
    const { report: t, week } = this.data.t;
    const { figures } = report;
    /** @param {number} done @param {number} all */
    const of = (done, all) => fill(week.of, { n: done, of: all });
    const counted = [[t.onTime, figures.on_time], [t.marked, figures.marked], [t.returned, figures.returned]];
    return {
      term: report.term,
      range: fill(week.range, { from: days.short(report.first_on), to: days.short(report.last_on) }),
      title: figures.homework ? fill(week.homework, { n: figures.homework }) : t.none,
      minutes: figures.homework ? fill(week.minutes, { n: figures.minutes }) : '',
      lines: figures.to_hand_in ? [
        { name: week.handedIn, value: of(figures.handed_in, figures.to_hand_in) },
        ...counted.filter(([, n]) => n).map(([name, n]) => ({ name, value: fill(week.pieces, { n }) })),
      ] : [],
      weeks: report.weeks.map(({ monday, figures: f }, n) => ({
        monday,
        height: share(f.handed_in, f.to_hand_in),
        label: `${days.short(monday)} ${of(f.handed_in, f.to_hand_in)}`,
        // Of many weeks every fourth has its date, so that they do not run into each other.
        date: n % 4 === 0 ? days.short(monday) : '',
      })),
      subjects: report.subjects.map(({ subject, figures: f }) => ({
        code: subject.code,
        name: subject.name,
        colour: colourOf(subject.code),
        width: share(f.handed_in, f.to_hand_in),
        value: f.to_hand_in ? of(f.handed_in, f.to_hand_in) : '',
        facts: fill(t.facts, { n: f.homework, minutes: Math.round(f.minutes / f.homework) }),
      })),
    };
  },
});
