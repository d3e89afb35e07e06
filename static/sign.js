/* A signature drawn with a finger: ink on a canvas, sent as a PNG. */
(function () {
  'use strict';
  const sheet = document.querySelector('[data-sign]');
  const canvas = sheet.querySelector('[data-ink]');
  const send = sheet.querySelector('[data-sign-send]');
  const problem = sheet.querySelector('[data-sign-problem]');
  const opener = document.querySelector('[data-sign-open]');
  const pen = canvas.getContext('2d');
  const ENOUGH = 40; // CSS pixels of line: a dot is no signature
  let last = null, middle = null, drawn = 0;

  opener.hidden = false;
  opener.addEventListener('click', function () {
    if (sheet.showModal) sheet.showModal();
    else sheet.setAttribute('open', '');
    clear();
  });
  sheet.querySelector('[data-sign-close]').addEventListener('click', function () {
    if (sheet.close) sheet.close();
    else sheet.removeAttribute('open');
  });
  sheet.querySelector('[data-sign-clear]').addEventListener('click', clear);

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
    send.disabled = true;
    problem.hidden = true;
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
    send.disabled = drawn < ENOUGH;
  });
  function lift() { last = null; }
  canvas.addEventListener('pointerup', lift);
  canvas.addEventListener('pointercancel', lift);
  // Older phones scroll the page under the finger unless told not to.
  canvas.addEventListener('touchstart', function (event) { event.preventDefault(); }, { passive: false });

  send.addEventListener('click', function () {
    window.yanshu.busy(send, true);
    canvas.toBlob(function (picture) {
      window.yanshu.ask(sheet.dataset.action, {
        method: 'POST',
        headers: { 'Content-Type': 'image/png' },
        body: picture
      }).then(function () {
        location.replace(sheet.dataset.done);
      }, function (error) {
        window.yanshu.busy(send, false);
        problem.textContent = error.message;
        problem.hidden = false;
      });
    }, 'image/png');
  });
})();
