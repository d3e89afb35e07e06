/* Files and signatures that go with an answer: each is sent when it is chosen or drawn, the form carries its id. */
(function () {
  'use strict';
  const yanshu = window.yanshu;

  document.querySelectorAll('[data-bring]').forEach(function (place) {
    const name = place.dataset.bring;
    const form = place.closest('form');
    const submit = form.querySelector('[type=submit]');
    const problem = place.querySelector('[data-bring-problem]');
    const most = Number(place.dataset.most);
    const picker = place.querySelector('[type=file]');
    const canvas = place.querySelector('[data-ink]');

    function items() { return place.querySelectorAll('[data-brought]'); }
    function tidy() {
      const full = items().length >= most;
      if (picker) picker.closest('label').hidden = full;
      if (canvas) canvas.closest('[data-pad]').hidden = full;
    }
    function say(words) {
      problem.textContent = words || '';
      problem.hidden = !words;
    }
    function show(file) {
      const item = document.createElement('p');
      item.className = 'brought';
      item.setAttribute('data-brought', '');
      const label = document.createElement('span');
      label.textContent = canvas ? '已签名' : file.name;
      const field = document.createElement('input');
      field.type = 'hidden';
      field.name = name;
      field.value = file.id;
      const remove = document.createElement('button');
      remove.type = 'button';
      remove.className = 'link';
      remove.setAttribute('data-remove', '');
      remove.textContent = canvas ? '重签' : '去掉';
      item.append(label, field, remove);
      place.insertBefore(item, problem);
      tidy();
    }
    function send(ready) {
      yanshu.busy(submit, true);
      return ready.then(function (file) {
        return yanshu.ask(form.dataset.sends, {
          method: 'POST',
          headers: { 'Content-Type': 'application/octet-stream', 'X-File-Name': encodeURIComponent(file.name) },
          body: file
        });
      }).then(show, function (error) { say(error.message); }).then(function () { yanshu.busy(submit, false); });
    }
    place.addEventListener('click', function (event) {
      const remove = event.target.closest('[data-remove]');
      if (!remove) return;
      remove.closest('[data-brought]').remove();
      tidy();
      if (pad) pad.clear();
    });
    if (picker) {
      picker.addEventListener('change', function () {
        const chosen = Array.from(picker.files).slice(0, most - items().length);
        picker.value = '';
        say('');
        chosen.reduce(function (before, file) {
          return before.then(function () { return send(yanshu.shrunk(file)); });
        }, Promise.resolve());
      });
    }
    let pad = null;
    if (canvas) {
      const done = place.querySelector('[data-pad-send]');
      pad = yanshu.pad(canvas, function (enough) { done.disabled = !enough; });
      place.querySelector('[data-pad-clear]').addEventListener('click', pad.clear);
      done.addEventListener('click', function () {
        say('');
        canvas.toBlob(function (picture) { send(Promise.resolve(new File([picture], '手写签名.png'))); }, 'image/png');
      });
    }
    tidy();
    if (pad && !items().length) pad.clear();
  });
})();
