/* What the queue of things to be looked at says, in English; the keys are those of review-zh.js. */

/** @type {typeof import('./review-zh')} */
module.exports = {
  review: {
    title: 'To look at',
    entry: 'To look at: {n}',
    school: 'Whole school',
    reported: 'Reported by {n}',
    why: 'A word to it',
    whyHint: 'A word to it, which they are told; may be left out',
    yes: 'Show it',
    no: 'Do not show it',
    usualNo: 'This does not quite belong here. Thank you for understanding.',
    usualMute: 'Let us take a breath and talk later.',
    shown: 'Everybody sees it now',
    notShown: 'Not shown; they have been told',
    silence: 'Mute, or freeze the discussion',
    mute: 'Mute for {name}',
    hour: '1 hour',
    day: '1 day',
    week: '7 days',
    freeze: 'Freeze this discussion',
    muted: 'Muted; it ends by itself',
    frozen: 'Frozen; it is taken back at a desk',
    none: 'Nothing to look at',
    noneHint: 'What is doubtful, and what members report, comes here',
  },
};
