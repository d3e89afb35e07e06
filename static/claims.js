/* Requests by keyboard: up and down go through the queue, digits choose a child, T and J lead to a button.
   Nothing is decided by one key: the button still has to be pressed. */
(function () {
  'use strict';
  const form = document.querySelector('[data-decide]');
  const items = Array.from(document.querySelectorAll('[data-claim]'));
  const current = items.findIndex(function (item) { return item.getAttribute('aria-current'); });
  if (current >= 0) items[current].scrollIntoView({ block: 'nearest' });
  document.addEventListener('keydown', function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input:not([type=radio]), select, textarea')) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const act = { t: 'approve', j: 'refuse' }[event.key.toLowerCase()];
    if (step && event.target.type !== 'radio' && items[current + step]) {
      event.preventDefault();
      items[current + step].click();
    } else if (act && form) {
      const button = form.querySelector('[data-act=' + act + ']');
      if (button) button.focus();
    } else if (/^[1-9]$/.test(event.key) && form) {
      const box = form.querySelector('[data-key="' + event.key + '"]');
      if (box && !box.disabled) { box.checked = true; box.focus(); }
    }
  });
})();
