/* What every page does beyond plain HTML: text size, forms that go out once, waiting made visible,
   "more" in place, pictures large. Without this script the pages still read and confirm. */
(function () {
  'use strict';
  const base = document.body.dataset.base;
  const root = document.documentElement;

  // -- text size: WeChat's own setting, kept in a cookie so that the next page comes right at once.
  function setFont(level) {
    const size = String(Math.min(4, Math.max(1, parseInt(level, 10) || 2)));
    root.dataset.font = size;
    document.cookie = 'yanshu_font=' + size + '; path=' + (base || '/') + '; max-age=31536000; SameSite=Lax';
  }
  function followWeChat() {
    const bridge = window.WeixinJSBridge;
    // WeChat must not zoom as well: its zoom is taken back, our layout follows instead.
    bridge.invoke('setFontSizeCallback', { fontSize: 0 });
    bridge.on('menu:setfont', function (setting) {
      bridge.invoke('setFontSizeCallback', { fontSize: 0 });
      setFont(setting.fontSize);
    });
  }
  if (window.WeixinJSBridge) followWeChat();
  else document.addEventListener('WeixinJSBridgeReady', followWeChat);
  window.addEventListener('message', function (event) {
    const news = event.data;
    if (event.origin === location.origin && news && news.type === 'font-size') setFont(news.level);
  });

  // -- what other scripts of ours use
  const yanshu = window.yanshu = {
    base: base,
    csrf: document.querySelector('meta[name=csrf]').content,
    draftKey: 'yanshu-draft:' + base,
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
    offline: '网络不太好，请再试一次',
    busy: function (button, on) {
      button.classList.toggle('busy', on);
      button.disabled = on;
    },
    wait: wait
  };

  // -- waiting: a bar at the top when an answer takes longer than a moment
  let bar = null, timer = 0;
  function wait(on) {
    clearTimeout(timer);
    if (on && !bar) {
      timer = setTimeout(function () {
        bar = document.createElement('div');
        bar.className = 'loading';
        bar.setAttribute('role', 'progressbar');
        bar.setAttribute('aria-label', '正在打开');
        document.body.appendChild(bar);
      }, 350);
    } else if (!on && bar) {
      bar.remove();
      bar = null;
    }
  }
  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('a[href]');
    if (!link || event.defaultPrevented || link.hasAttribute('download') || link.target || event.ctrlKey || event.metaKey) return;
    wait(true);
  });
  // A download leaves the page where it is: the bar goes when the file has surely begun.
  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('a[data-export]');
    if (!link) return;
    wait(true);
    setTimeout(function () { wait(false); }, 4000);
  });
  window.addEventListener('pageshow', function () {
    wait(false);
    document.querySelectorAll('form[data-once]').forEach(release);
  });

  // -- a form goes out once; coming back to the page makes it usable again
  function release(form) {
    delete form.dataset.sent;
    form.querySelectorAll('.busy').forEach(function (button) { yanshu.busy(button, false); });
  }
  document.addEventListener('submit', function (event) {
    const form = event.target;
    if (!form.matches('form[data-once]') || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = '1';
    wait(true);
    const button = event.submitter || form.querySelector('[type=submit]');
    // After the browser has collected the fields: a disabled button's value would not be sent.
    if (button) setTimeout(function () { yanshu.busy(button, true); }, 0);
  });

  // -- what was done is said once: reloading does not say it again
  const here = new URL(location.href);
  const done = here.searchParams.get('done');
  if (done) {
    // What was sent is no draft any more; a homework is kept by the server also where it did not fit.
    const sent = { published: '', scheduled: '', homework_published: ':homework', homework_scheduled: ':homework', homework_over: ':homework' };
    if (/^handed_in/.test(done)) sent[done] = ':' + here.pathname;
    if (done in sent) {
      try { localStorage.removeItem(yanshu.draftKey + sent[done]); } catch (error) { /* no storage, no draft */ }
    }
    here.searchParams.delete('done');
    history.replaceState(history.state, '', here);
  }

  // -- "more" opens in place
  document.addEventListener('click', function (event) {
    const more = event.target.closest && event.target.closest('a[data-more]');
    if (!more) return;
    event.preventDefault();
    if (more.classList.contains('busy')) return;
    more.classList.add('busy');
    fetch(more.href, { credentials: 'same-origin' }).then(function (answer) {
      if (!answer.ok) throw new Error();
      return answer.text();
    }).then(function (text) {
      const page = new DOMParser().parseFromString(text, 'text/html');
      const list = document.querySelector('[data-list]');
      const rows = page.querySelector('[data-list]');
      while (rows && rows.firstElementChild) list.appendChild(document.adoptNode(rows.firstElementChild));
      const next = page.querySelector('a[data-more]');
      if (next) more.replaceWith(document.adoptNode(next));
      else more.remove();
      document.dispatchEvent(new Event('yanshu:more'));
    }).catch(function () {
      location.href = more.href;
    }).then(function () { wait(false); });
  });

  // -- a picture fills the screen; a tap closes it
  document.addEventListener('click', function (event) {
    const link = event.target.closest && event.target.closest('a[data-view]');
    if (!link || !window.HTMLDialogElement) return;
    event.preventDefault();
    wait(false);
    const viewer = document.createElement('dialog');
    const picture = document.createElement('img');
    viewer.className = 'viewer';
    picture.src = link.href;
    picture.alt = link.querySelector('img').alt;
    viewer.appendChild(picture);
    viewer.addEventListener('click', function () { viewer.close(); });
    viewer.addEventListener('close', function () { viewer.remove(); });
    document.body.appendChild(viewer);
    viewer.showModal();
  });
})();
