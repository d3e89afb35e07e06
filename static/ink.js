/* Ink under a finger on a canvas: what a signature is drawn with, wherever one is asked for. */
(function () {
  'use strict';
  const ENOUGH = 40; // CSS pixels of line: a dot is no signature

  /* A pad on this canvas; `changed` hears whether what is drawn can be a name. */
  window.yanshu.pad = function (canvas, changed) {
    const pen = canvas.getContext('2d');
    let last = null, middle = null, drawn = 0;

    function clear() {
      const box = canvas.getBoundingClientRect();
      // Never finer than two dots a pixel: the picture has to stay small.
      const scale = Math.min(window.devicePixelRatio || 1, 2);
      canvas.width = Math.round(box.width * scale);
      canvas.height = Math.round(box.height * scale);
      pen.scale(scale, scale);
      pen.lineWidth = 3.2;
      pen.lineCap = pen.lineJoin = 'round';
      pen.strokeStyle = pen.fillStyle = '#141414';
      drawn = 0;
      changed(false);
    }
    function place(event) {
      const box = canvas.getBoundingClientRect();
      return { x: event.clientX - box.left - canvas.clientLeft, y: event.clientY - box.top - canvas.clientTop };
    }
    canvas.addEventListener('pointerdown', function (event) {
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      last = middle = place(event);
      pen.beginPath();
      pen.arc(last.x, last.y, 1.6, 0, 7);
      pen.fill();
    });
    canvas.addEventListener('pointermove', function (event) {
      if (!last) return;
      (event.getCoalescedEvents && event.getCoalescedEvents().length ? event.getCoalescedEvents() : [event]).forEach(function (step) {
        const point = place(step);
        const next = { x: (last.x + point.x) / 2, y: (last.y + point.y) / 2 };
        pen.beginPath();
        pen.moveTo(middle.x, middle.y);
        pen.quadraticCurveTo(last.x, last.y, next.x, next.y);
        pen.stroke();
        drawn += Math.hypot(point.x - last.x, point.y - last.y);
        last = point;
        middle = next;
      });
      changed(drawn >= ENOUGH);
    });
    function lift() { last = null; }
    canvas.addEventListener('pointerup', lift);
    canvas.addEventListener('pointercancel', lift);
    // Older phones scroll the page under the finger unless told not to.
    canvas.addEventListener('touchstart', function (event) { event.preventDefault(); }, { passive: false });
    return { clear: clear };
  };
})();
