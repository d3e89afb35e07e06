/* A head teacher's list and receipts: figures that are fetched after the page, and receipts that move. */
(function () {
  'use strict';
  const EVERY_MS = 2000;

  // -- the list: how far each notice got
  const list = document.querySelector('[data-counts]');
  function fillCounts() {
    const rows = Array.from(list.querySelectorAll('[data-notice]:not([data-filled])'));
    if (!rows.length) return;
    rows.forEach(function (row) { row.dataset.filled = '1'; });
    const query = rows.map(function (row) { return 'id=' + encodeURIComponent(row.dataset.notice); }).join('&');
    window.yanshu.ask(list.dataset.counts + '?' + query).then(function (counts) {
      rows.forEach(function (row) {
        const figures = counts[row.dataset.notice];
        if (figures) draw(row.querySelector('[data-figures]'), figures);
      });
    }, function () { /* the list is useful without figures */ });
  }
  function draw(place, figures) {
    const track = document.createElement('span'), done = document.createElement('i'), words = document.createElement('span');
    track.className = 'mini';
    done.style.width = (figures.children ? 100 * figures.reached / figures.children : 0) + '%';
    track.appendChild(done);
    words.textContent = '已读 ' + figures.reached + '/' + figures.children + ' 家';
    place.append(track, words);
  }
  if (list) {
    fillCounts();
    document.addEventListener('yanshu:more', fillCounts);
  }

  // -- receipts: asked for again while somebody looks at them
  const live = document.querySelector('[data-live]');
  if (!live) return;
  let stamp = '', timer = 0;
  function look() {
    clearTimeout(timer);
    if (document.hidden) return;
    window.yanshu.ask(live.dataset.live + '&stamp=' + stamp).then(function (news) {
      if (news.html !== null) show(news);
    }, function () { /* the next look may succeed */ }).then(function () {
      timer = setTimeout(look, EVERY_MS);
    });
  }
  function show(news) {
    const first = stamp === '';
    stamp = news.stamp;
    const focus = live.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    const tabs = live.querySelector('.tabs');
    const scrolled = tabs ? tabs.scrollLeft : 0;
    if (first && live.innerHTML.trim() === news.html.trim()) return;
    live.innerHTML = news.html;
    if (tabs) live.querySelector('.tabs').scrollLeft = scrolled;
    if (focus) {
      const again = Array.from(live.querySelectorAll('a')).find(function (link) { return link.getAttribute('href') === focus; });
      if (again) again.focus({ preventScroll: true });
    }
  }
  document.addEventListener('visibilitychange', look);
  timer = setTimeout(look, EVERY_MS);
})();
