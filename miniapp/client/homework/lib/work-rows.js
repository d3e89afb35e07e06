/* From what a child handed in, and what was said to it, to what a template shows. */

const { paths } = require('./api');
const { fill, words } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const { ofWork, overlay } = require('./pictures');

/**
 * @param {Api.ChildWork} work
 * @param {{name: string, queued: string, draft: boolean}} here what this phone knows besides
 */
function workRow(work, { name, queued, draft }) {
  const { submission, may_hand_in: open, child_id: id } = work;
  return {
    id, name,
    versions: submission ? versionsOf(submission, work.homework_id, id, paths.work(work.homework_id, id)) : [],
    again: Boolean(submission) && !isReturned(submission),
    ...labelOf(submission, Boolean(queued)),
    hint: hintOf(submission, open, queued),
    action: open && !queued ? actionOf(work, draft) : '',
  };
}

/** @param {Api.Submission | null} submission */
const isReturned = (submission) => submission !== null && submission.state === 'returned';

/** @param {Api.Submission | null} submission @param {boolean} queued */
function labelOf(submission, queued) {
  const t = words();
  if (queued) return { label: t.state.sending, tone: 'soft' };
  if (!submission) return { label: t.work.open, tone: 'soft' };
  const tones = { handed_in: 'soft', returned: 'todo', marked: 'done' };
  return { label: t.work[submission.state], tone: tones[submission.state] };
}

/** @param {Api.Submission | null} submission @param {boolean} open @param {string} queued */
function hintOf(submission, open, queued) {
  if (queued) return queued;
  if (!submission) return open ? '' : words().work.onlyLook;
  return '';
}

/** @param {Api.ChildWork} work @param {boolean} draft */
function actionOf({ submission, hand_in: mode }, draft) {
  const t = words().work;
  if (isReturned(submission)) return t.correct;
  if (submission) return mode === 'tick' ? '' : t.again;
  if (draft) return t.goOn;
  return mode === 'tick' ? t.tick : t.handIn;
}

/**
 * Every version, the newest first, with what was said to it.
 * @param {Api.Submission} submission @param {string} homework @param {string} child
 * @param {string} [of] the answer that its files are kept with, on its family's phone
 */
function versionsOf({ versions, marks }, homework, child, of) {
  return [...versions].reverse().map((version) => {
    const said = marks.filter((mark) => mark.version === version.number);
    const drawn = new Map(said.flatMap(({ drawings }) => drawings).map(({ file_id: id, strokes }) => [id, strokes]));
    return {
      number: version.number,
      text: version.text,
      cut: said.length ? cutOf(version, [...drawn.keys()]) : '',
      when: whenOf(version, versions.length),
      files: ofWork(version.files, homework, child, of).map((file) => {
        const strokes = drawn.get(file.file_id);
        return strokes ? { ...file, drawn: overlay(strokes, file) } : file;
      }),
      marks: said.map((mark) => ({ ...mark, voices: mark.voice ? ofWork([mark.voice], homework, child, of) : [] })),
    };
  });
}

/** What a mistake may be cut out of: what the teacher drew on first. @param {Api.WorkVersion} version @param {string[]} drawn */
function cutOf({ files }, drawn) {
  const pictures = files.filter(({ kind }) => kind === 'picture').map(({ file_id: id }) => id);
  return drawn[0] || pictures[0] || '';
}

/** @param {Api.WorkVersion} version @param {number} count */
function whenOf({ number, handed_in_at: at, late }, count) {
  const t = words().work;
  return [count > 1 ? fill(t.number, { n: number }) : '', fill(t.at, { when: moment(at) }), late ? t.late : ''].filter(Boolean).join(' · ');
}

module.exports = { versionsOf, workRow };
