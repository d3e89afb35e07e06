/* What the console does beyond plain HTML: the wait for the phone at sign-in, forms that go out once,
   progress that is asked for, boxes that tick all. Without it every page but sign-in still works. */
(function () {
  'use strict';
  const base = document.body.dataset.base;
  const yanshu = window.yanshu = {
    base: base,
    csrf: document.querySelector('meta[name=csrf]').content,
    offline: '网络不太好，请再试一次',
    /* Ask for JSON; resolves to `data`, rejects with an Error whose message is for people. */
    ask: function (url, options) {
      const headers = Object.assign({ Accept: 'application/json', 'X-CSRF-Token': yanshu.csrf }, (options || {}).headers);
      return fetch(url, Object.assign({ credentials: 'same-origin' }, options, { headers: headers })).then(function (answer) {
        return answer.json().catch(function () { return {}; }).then(function (body) {
          if (!answer.ok) throw Object.assign(new Error((body.error && body.error.message) || yanshu.offline), { fields: (body.error && body.error.fields) || {} });
          return body.data;
        });
      }, function () { throw new Error(yanshu.offline); });
    },
    busy: function (button, on) {
      button.classList.toggle('busy', on);
      button.disabled = on;
    }
  };

  // -- what was done is said once: loaded again, the page shows what is, and that may be more by then
  if (document.querySelector('.toast') && new URLSearchParams(location.search).has('done')) {
    const address = new URL(location.href);
    address.searchParams.delete('done');
    history.replaceState(history.state, '', address);
  }

  // -- the pages stand in a bar that scrolls, on a phone sideways: the one that is open is in sight
  const here = document.querySelector('.side [aria-current]');
  if (here) {
    const side = here.closest('.side'), bar = here.closest('nav'), at = here.getBoundingClientRect();
    bar.scrollLeft += at.left - (bar.clientWidth - here.offsetWidth) / 2;
    if (at.bottom > side.clientHeight) side.scrollTop += at.top - side.clientHeight / 2;
  }

  // -- sign-in: ask every other second until the phone has confirmed or the QR is too old
  const waiting = document.querySelector('[data-wait]');
  if (waiting) {
    const until = Date.now() + Number(waiting.dataset.seconds) * 1000;
    const said = waiting.querySelector('[data-said]');
    const over = function (text) {
      said.textContent = text;
      waiting.classList.add('over');
      waiting.querySelector('[data-again]').hidden = false;
    };
    const ask = function () {
      if (Date.now() > until) { over('二维码已过期'); return; }
      yanshu.ask(waiting.dataset.wait, { method: 'POST' }).then(function (data) {
        if (data.state === 'confirmed') { location.replace(waiting.dataset.to); return; }
        if (data.state === 'waiting') { setTimeout(ask, 2000); return; }
        over(data.state === 'refused' ? '登录已在手机上取消，或数字选错了' : '二维码已过期');
      }).catch(function (error) {
        said.textContent = error.message;
        setTimeout(ask, 4000);
      });
    };
    setTimeout(ask, 1500);
  }

  // -- a form goes out once; coming back to the page by the browser's button makes it usable again
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if ('download' in form.dataset) return; // the page stays, and may be asked again
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 'yes';
    const button = event.submitter;
    // After the submit: a disabled button would not send its own name and value.
    setTimeout(function () { if (button) button.classList.add('busy'); }, 0);
  });
  window.addEventListener('pageshow', function () {
    document.querySelectorAll('form[data-sent]').forEach(function (form) { delete form.dataset.sent; });
    document.querySelectorAll('.busy').forEach(function (button) { button.classList.remove('busy'); });
  });

  // -- a box that ticks all boxes of its table or group
  document.addEventListener('change', function (event) {
    const all = event.target.closest('[data-tick-all]');
    if (!all) return;
    const group = all.closest(all.dataset.tickAll || 'form');
    group.querySelectorAll('input[type=checkbox]:not([data-tick-all])').forEach(function (box) { box.checked = all.checked; });
  });

  // -- menus close when somebody clicks elsewhere
  document.addEventListener('click', function (event) {
    document.querySelectorAll('details.who[open]').forEach(function (menu) {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
})();
