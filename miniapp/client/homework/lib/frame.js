/* A rectangle that a finger draws on a picture, in ten-thousandths of its sides, as the server cuts it out. */

const { SIDE } = require('./pictures');

const LEAST = 300; // less is a slip of the finger; the server takes a third of it

/** @typedef {{x: number, y: number}} Point in points, from the picture's corner */

/**
 * @param {Point} from @param {Point} to @param {{width: number, height: number}} box the picture on the screen
 * @returns {Api.Cut | null} null: too small to show anything
 */
function frameOf(from, to, box) {
  /** @param {number} place @param {number} side */
  const inside = (place, side) => Math.min(SIDE, Math.max(0, Math.round((place / side) * SIDE)));
  const [left, right] = [inside(from.x, box.width), inside(to.x, box.width)].sort((a, b) => a - b);
  const [top, bottom] = [inside(from.y, box.height), inside(to.y, box.height)].sort((a, b) => a - b);
  const cut = { x: left, y: top, width: right - left, height: bottom - top };
  return Math.min(cut.width, cut.height) < LEAST ? null : cut;
}

/** Where it is over the picture. @param {Api.Cut} cut */
function styleOf({ x, y, width, height }) {
  /** @param {number} share */
  const percent = (share) => `${(share / SIDE) * 100}%`;
  return `left: ${percent(x)}; top: ${percent(y)}; width: ${percent(width)}; height: ${percent(height)}`;
}

module.exports = { frameOf, styleOf };
