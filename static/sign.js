/* The sheet a notice is signed on: what was drawn is sent as a PNG, and confirms. */
(function () {
  'use strict';
  const sheet = document.querySelector('[data-sign]');
  const canvas = sheet.querySelector('[data-ink]');
  const send = sheet.querySelector('[data-sign-send]');
  const problem = sheet.querySelector('[data-sign-problem]');
  const opener = document.querySelector('[data-sign-open]');
  const pad = window.yanshu.pad(canvas, function (enough) {
    send.disabled = !enough;
    if (!enough) problem.hidden = true;
  });

  opener.hidden = false;
  opener.addEventListener('click', function () {
    if (sheet.showModal) sheet.showModal();
    else sheet.setAttribute('open', '');
    pad.clear();
  });
  sheet.querySelector('[data-sign-close]').addEventListener('click', function () {
    if (sheet.close) sheet.close();
    else sheet.removeAttribute('open');
  });
  sheet.querySelector('[data-sign-clear]').addEventListener('click', pad.clear);

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
