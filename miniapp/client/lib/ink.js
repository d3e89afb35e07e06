/* A line that follows a finger on a canvas, and the picture of it. */

const ENOUGH = 80; // points of line: a dot or a dash is no name
const WIDTH = 3.4;
const FINEST = 2; // dots a point: the picture has to stay small

/** @typedef {{x: number, y: number}} Point */

class Ink {
  /**
   * @param {any} canvas a node of type 2d
   * @param {number} width @param {number} height in points @param {number} ratio dots a point of this screen
   */
  constructor(canvas, width, height, ratio) {
    const scale = Math.min(ratio, FINEST);
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    this.canvas = canvas;
    this.size = { width, height };
    this.pen = canvas.getContext('2d');
    this.pen.scale(scale, scale);
    /** @type {Point} */
    this.last = { x: 0, y: 0 };
    /** @type {Point} */
    this.middle = this.last;
    this.drawn = 0;
    this.clear();
  }

  clear() {
    this.pen.clearRect(0, 0, this.size.width, this.size.height);
    Object.assign(this.pen, { lineWidth: WIDTH, lineCap: 'round', lineJoin: 'round', strokeStyle: '#141414', fillStyle: '#141414' });
    this.last = this.middle = { x: 0, y: 0 };
    this.drawn = 0;
  }

  /** @param {number} x @param {number} y */
  down(x, y) {
    this.last = this.middle = { x, y };
    this.pen.beginPath();
    this.pen.arc(x, y, WIDTH / 2, 0, 7);
    this.pen.fill();
  }

  /** From the middle of one step to the middle of the next: no corners. @param {number} x @param {number} y */
  move(x, y) {
    const { last, middle, pen } = this;
    const next = { x: (last.x + x) / 2, y: (last.y + y) / 2 };
    pen.beginPath();
    pen.moveTo(middle.x, middle.y);
    pen.quadraticCurveTo(last.x, last.y, next.x, next.y);
    pen.stroke();
    this.drawn += Math.hypot(x - last.x, y - last.y);
    this.last = { x, y };
    this.middle = next;
  }

  /** Whether this can be a name. */
  get isEnough() {
    return this.drawn > ENOUGH;
  }

  /** The picture in base64, empty when this phone cannot make one. */
  png() {
    const [kind, data] = this.canvas.toDataURL('image/png').split(',');
    return kind.includes('image/png') ? data : '';
  }
}

module.exports = { Ink };
