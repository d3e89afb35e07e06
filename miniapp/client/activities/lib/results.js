/* What came in, as the publisher sees it. */

const { fill, words } = require('../../i18n/index');
const { dayName } = require('./rows');

const TONES = { answered: 'done', waiting: 'todo', withdrawn: 'soft', missing: 'soft' };

/** @param {Api.OwnActivity} own */
function barRows({ questions, totals }) {
  const t = words();
  return questions.filter(({ options }) => options.length).map((question) => {
    const mine = totals.filter(({ question_id }) => question_id === question.id);
    const most = Math.max(1, ...mine.map(({ count }) => count));
    return {
      id: question.id,
      text: question.text,
      options: question.options.map((option) => {
        const total = mine.find(({ option_id }) => option_id === option.id) || { count: 0, mean_place: null };
        const of = option.seats || most;
        const mean = total.mean_place === null ? '' : fill(t.results.mean, { n: total.mean_place });
        return {
          id: option.id, text: option.text, part: Math.round((100 * total.count) / of), count: fill(t.activity.people, { n: total.count }),
          more: option.left === null ? mean : fill(t.results.left, { n: option.left }),
        };
      }),
    };
  });
}

/** @param {Api.OwnActivity} own @param {Api.ResultLine} line */
function lineRow({ questions }, line) {
  const t = words();
  /** @param {Api.Question} question @param {string[]} ids */
  const named = (question, ids) => ids.map((id) => (question.options.find((option) => option.id === id) || { text: '' }).text);
  const values = questions.map((question) => {
    const value = line.values.find(({ question_id }) => question_id === question.id);
    const seated = question.options.some(({ seats }) => seats);
    let says = '';
    if (seated && line.option_id) [says] = named(question, [line.option_id]);
    else if (value && value.option_ids.length) says = named(question, value.option_ids).join(question.kind === 'ranked' ? ' > ' : '、');
    else if (value && value.number !== null) says = String(value.number);
    else if (value) says = value.day ? dayName(value.day) : value.text;
    return { id: question.id, says: says && questions.length > 1 ? `${question.text} ${says}` : says };
  });
  const waits = line.came === 'waiting' ? fill(t.activity.inLine, { n: line.place_in_line }) : '';
  return {
    id: line.subject_id, name: line.name, cls: line.class_name, says: waits || t.results.came[line.came], tone: TONES[line.came],
    values: values.filter(({ says }) => says), files: line.values.flatMap(({ files }) => files),
  };
}

module.exports = { barRows, lineRow };
