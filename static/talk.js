/* Conversations, live: a socket says that there is something, and what it is is asked for by number, in order.
   Where no socket opens, the same question is asked every few seconds. Without this script the pages are forms.
   Nothing rings; whoever reads further up stays there. */
(function () {
  'use strict';
  const yanshu = window.yanshu;
  const talk = document.querySelector('[data-talk]');
  const list = document.querySelector('[data-talks]');
  const POLL = 8000, LONGEST = 30000, GATHER = 1000;

  // -- the list of conversations
  let listTimer = 0;
  function refreshList() {
    if (!list || listTimer) return;
    listTimer = setTimeout(function () {
      const current = talk ? '?current=' + encodeURIComponent(talk.dataset.thread) : '';
      yanshu.ask(list.dataset.talks + current).then(function (data) { list.innerHTML = data.html; }).catch(function () {
        // the next word, or the next poll, asks again
      }).then(function () { listTimer = 0; });
    }, GATHER);
  }

  // -- one conversation: `last` is the number up to which it is on the screen
  let last = talk ? Number(talk.dataset.tail) : 0;
  let since = talk ? talk.dataset.since : '';
  let asking = false, again = false, over = false;
  const live = Boolean(talk && 'newest' in talk.dataset);
  const rows = talk && talk.querySelector('[data-rows]');

  function tell(text) {
    const state = talk && talk.querySelector('[data-state]');
    if (!state) return;
    state.textContent = text;
    state.hidden = !text;
  }
  function atEnd() {
    return window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 120;
  }
  function toEnd() {
    window.scrollTo(0, document.documentElement.scrollHeight);
  }
  function drawn(html) {
    const holder = document.createElement('template');
    holder.innerHTML = html;
    return holder.content.firstElementChild;
  }
  // What may be taken back for two minutes offers it no longer.
  function lapse(row) {
    const form = row.querySelector('form[data-seconds]');
    if (form) setTimeout(function () { form.remove(); }, Number(form.dataset.seconds) * 1000);
  }
  function put(item) {
    const held = rows.querySelector('[data-seq="' + item.seq + '"]');
    const row = item.html ? drawn(item.html) : null;
    if (row) lapse(row);
    if (held) {
      if (row) held.replaceWith(row); else held.remove();
    } else if (row && item.seq > last) {
      rows.appendChild(row);
    }
  }
  if (rows) Array.from(rows.children).forEach(lapse);
  // What is shown only after a review stands further up, where nobody looks: a line leads to the first of it.
  const lead = talk && talk.querySelector('[data-late]');
  const late = new Set();
  function isSeen(row) {
    const at = row.getBoundingClientRect();
    return at.top >= 0 && at.bottom <= window.innerHeight;
  }
  function leadTo(seqs) {
    seqs.forEach(function (seq) {
      const row = rows.querySelector('[data-seq="' + seq + '"]');
      if (!row || document.hidden || !isSeen(row)) late.add(seq);
    });
    lead.hidden = !late.size;
    if (!late.size) return;
    const first = Math.min.apply(null, Array.from(late));
    const link = document.createElement('a');
    const here = rows.querySelector('[data-seq="' + first + '"]');
    link.href = (here ? '' : talk.dataset.talk + '?before=' + (first + Number(talk.dataset.around))) + '#m' + first;
    link.textContent = '上方有 ' + late.size + ' 条新显示的消息';
    lead.replaceChildren(link);
  }
  if (lead) {
    lead.addEventListener('click', function () {
      late.clear();
      lead.hidden = true;
    });
  }
  // One tap on a message: what came of it is drawn again where it stands.
  if (rows) {
    rows.addEventListener('submit', function (event) {
      const acting = event.target.closest('form[data-act]');
      if (!acting || !live || !event.submitter) return;
      event.preventDefault();
      event.stopPropagation();
      const act = event.submitter.value, row = acting.closest('.said');
      yanshu.ask(acting.action, { method: 'POST', body: new URLSearchParams({ act: act }) }).then(function () {
        acting.closest('details').open = false;
        if (act === 'hide') row.remove();
        return pull();
      }).catch(function (error) { tell(error.message); });
    });
  }
  function markRead() {
    if (document.hidden || !last) return;
    yanshu.ask(talk.dataset.talk + '/read', { method: 'POST', body: new URLSearchParams({ seq: String(last) }) }).catch(function () {
      // the next message says it again
    });
  }
  function pull() {
    if (!live || over) return Promise.resolve();
    if (asking) { again = true; return Promise.resolve(); }
    asking = true;
    const url = talk.dataset.talk + '/news?after=' + last + '&since=' + encodeURIComponent(since);
    return yanshu.ask(url).then(function (data) {
      const stay = !atEnd(), before = last;
      data.changed.forEach(put);
      data.items.forEach(put);
      last = Math.max(last, data.last);
      since = data.at;
      again = again || data.more;
      tell('');
      if (data.late.length) {
        leadTo(data.late);
        markRead(); // reading as far as before says that it is known of
      }
      if (last === before) return;
      const none = talk.querySelector('[data-none]');
      if (none) none.remove();
      if (!stay) toEnd();
      markRead();
    }).catch(function (error) {
      again = false;
      tell(error.message);
    }).then(function () {
      asking = false;
      if (again) { again = false; return pull(); }
      return undefined;
    });
  }

  // -- the socket is a bell: what it rings for is asked for by number
  const place = (talk || list).dataset.socket;
  let socket = null, pause = 1000, polling = 0;
  function poll(on) {
    clearInterval(polling);
    polling = on ? setInterval(function () { if (!document.hidden) { pull(); refreshList(); } }, POLL) : 0;
  }
  function heard(frame) {
    const mine = talk && talk.dataset.thread;
    if (frame.type === 'hello') {
      // Whatever was said or changed while nobody listened.
      pull();
      refreshList();
    } else if (frame.type === 'beat') {
      if (mine && frame.tails && frame.tails[mine] > last) pull();
      if (!talk) refreshList();
    } else if (['message', 'changed', 'behind', 'gone'].indexOf(frame.type) >= 0) {
      if (frame.thread === mine) pull(); else refreshList();
    } else if (frame.type === 'read' && frame.thread.indexOf('talk:') === 0) {
      refreshList(); // a group tells this to one's own devices alone
    }
  }
  function connect() {
    if (over) return;
    try {
      socket = new WebSocket(location.origin.replace(/^http/, 'ws') + place);
    } catch (error) {
      poll(true); // this browser's rules let none open
      return;
    }
    socket.onopen = function () { pause = 1000; poll(false); };
    socket.onmessage = function (event) { heard(JSON.parse(event.data)); };
    socket.onclose = function (event) {
      socket = null;
      if (event.code === 4001) {
        over = true;
        poll(false);
        tell('登录已过期，请刷新页面');
        return;
      }
      if (!polling) poll(true);
      setTimeout(connect, pause * (0.75 + Math.random() / 2));
      pause = Math.min(LONGEST, pause * 2);
    };
  }
  connect();
  document.addEventListener('visibilitychange', function () { if (!document.hidden) { pull(); refreshList(); } });
  window.addEventListener('online', function () { pull(); refreshList(); });

  // -- saying something: once under one key, however often it is tried
  const form = document.querySelector('form[data-say]');
  if (live && location.hash.indexOf('#m') !== 0) toEnd();
  if (!form) return;
  const words = form.elements.text, key = form.elements.key, button = form.querySelector('[type=submit]'), reason = form.elements.urgent_reason;
  const problem = form.querySelector('[data-problem]');
  let tried = '';
  function say(text) {
    problem.textContent = text;
    problem.hidden = !text;
  }
  form.addEventListener('submit', function (event) {
    event.preventDefault();
    event.stopPropagation();
    if (button.disabled || !words.value.trim()) return;
    // Other words are another message; the same words may have arrived although no answer did.
    if (tried && tried !== words.value) key.value = 'page-' + Date.now().toString(36) + '-' + Math.random().toString(36).slice(2, 12);
    tried = words.value;
    yanshu.busy(button, true);
    say('');
    yanshu.ask(form.action, { method: 'POST', body: new URLSearchParams({ text: tried, key: key.value, urgent_reason: reason ? reason.value : '' }) }).then(function (data) {
      if (words.value === tried) words.value = '';
      if (reason) {
        reason.value = '';
        reason.closest('details').open = false; // what is said next is not urgent by itself
      }
      tried = '';
      key.value = data.key;
      return pull().then(toEnd);
    }).catch(function (error) {
      say(Object.values(error.fields || {})[0] || error.message);
    }).then(function () { yanshu.busy(button, false); words.focus(); });
  });
  const picker = document.querySelector('.talk-more [name=files]');
  picker.addEventListener('change', function () {
    const send = picker.form.querySelector('[type=submit]');
    yanshu.busy(send, true);
    say('');
    Promise.all(Array.from(picker.files).map(yanshu.shrunk)).then(function (files) {
      const ready = new DataTransfer();
      files.forEach(function (file) { ready.items.add(file); });
      picker.files = ready.files;
    }).catch(function (error) {
      picker.value = '';
      say(error.message);
    }).then(function () { yanshu.busy(send, false); });
  });
  if ('enter' in words.dataset) {
    words.addEventListener('keydown', function (event) {
      if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
  }
})();
