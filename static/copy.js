/* Copying a link, and printing a page, by a button. */
(function () {
  'use strict';
  document.addEventListener('click', function (event) {
    const button = event.target.closest('[data-copy], [data-print]');
    if (!button) return;
    if (button.matches('[data-print]')) { window.print(); return; }
    const field = document.querySelector(button.dataset.copy);
    field.select();
    const say = function (text) { button.textContent = text; };
    // Without https a browser has no clipboard for pages; the old way still works there.
    const copied = navigator.clipboard
      ? navigator.clipboard.writeText(field.value)
      : document.execCommand('copy') ? Promise.resolve() : Promise.reject();
    const byHand = window.matchMedia('(pointer: coarse)').matches ? '请长按网址复制' : '请按 Ctrl+C 复制';
    copied.then(function () { say('已复制'); }, function () { say(byHand); });
  });
})();
