/* A teacher's pen over a picture: lines under a finger, kept in ten-thousandths of the picture, whatever the screen. */

const { SIDE } = require('./pictures');

const COLOUR = '#e0352b';
const WIDTH = 90; // of the picture's ten thousand
const NEAREST = 30; // a finger that trembles makes no point

class Pen {
  /**
   * @param {any} canvas a node of type 2d
   * @param {{width: number, height: number}} size in points
   * @param {number} ratio dots a point of this screen
   * @param {Api.Stroke[]} strokes what is there already; grows under the finger
   */
  constructor(canvas, size, ratio, strokes) {
    canvas.width = Math.round(size.width * ratio);
    canvas.height = Math.round(size.height * ratio);
    this.size = size;
    this.strokes = strokes;
    this.pen = canvas.getContext('2d');
    this.pen.scale(ratio, ratio);
    this.draw();
  }

  /** @param {number} x @param {number} y in points */
  down(x, y) {
    this.strokes.push({ colour: COLOUR, width: WIDTH, points: [...this.place(x, y), ...this.place(x, y)] });
    this.draw();
  }

  /** @param {number} x @param {number} y in points */
  move(x, y) {
    const stroke = this.strokes[this.strokes.length - 1];
    if (!stroke) return;
    const [lastX, lastY] = stroke.points.slice(-2);
    const [nextX, nextY] = this.place(x, y);
    if (Math.hypot(nextX - lastX, nextY - lastY) < NEAREST) return;
    stroke.points.push(nextX, nextY);
    this.draw();
  }

  undo() {
    this.strokes.pop();
    this.draw();
  }

  /** On the picture, also when the finger has left it. @param {number} x @param {number} y */
  place(x, y) {
    /** @param {number} share */
    const inside = (share) => Math.min(SIDE, Math.max(0, Math.round(share * SIDE)));
    return [inside(x / this.size.width), inside(y / this.size.height)];
  }

  draw() {
    const { pen, size } = this;
    pen.clearRect(0, 0, size.width, size.height);
    for (const { colour, width, points } of this.strokes) {
      Object.assign(pen, { strokeStyle: colour, lineWidth: (width / SIDE) * size.width, lineCap: 'round', lineJoin: 'round' });
      pen.beginPath();
      for (let at = 0; at < points.length; at += 2) pen.lineTo((points[at] / SIDE) * size.width, (points[at + 1] / SIDE) * size.height);
      pen.stroke();
    }
  }
}

module.exports = { Pen };
