/* Lists at a desk: the upload with its progress, the wait for the worker, boxes that are kept at once. */
(function () {
  'use strict';
  const yanshu = window.yanshu;

  // -- upload: one file, chosen or dropped
  const drop = document.querySelector('[data-upload]');
  if (drop) {
    const input = drop.querySelector('input[type=file]');
    const said = drop.querySelector('[data-said]');
    const problem = drop.querySelector('[data-problem]');
    const bar = drop.querySelector('progress');
    const refuse = function (text) {
      drop.classList.remove('busy');
      drop.querySelector('.drop-progress').hidden = true;
      problem.textContent = text;
      problem.hidden = false;
      input.value = '';
    };
    const send = function (file) {
      problem.hidden = true;
      if (file.size > Number(drop.dataset.limit)) { refuse('文件太大，请分开导入'); return; }
      if (!file.size) { refuse('文件是空的'); return; }
      drop.classList.add('busy');
      drop.querySelector('.drop-progress').hidden = false;
      said.textContent = '正在上传 ' + file.name;
      const request = new XMLHttpRequest();
      request.open('POST', drop.dataset.upload);
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.setRequestHeader('X-CSRF-Token', yanshu.csrf);
      request.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
      request.upload.addEventListener('progress', function (event) {
        if (event.lengthComputable) bar.value = 100 * event.loaded / event.total;
      });
      request.addEventListener('load', function () {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch (error) { /* said below */ }
        if (request.status === 201) location.assign(body.data.to);
        else refuse((body.error && body.error.message) || yanshu.offline);
      });
      request.addEventListener('error', function () { refuse(yanshu.offline); });
      request.send(file);
    };
    input.addEventListener('change', function () { if (input.files[0]) send(input.files[0]); });
    ['dragover', 'dragleave', 'drop'].forEach(function (name) {
      drop.addEventListener(name, function (event) {
        event.preventDefault();
        drop.classList.toggle('over', name === 'dragover');
        if (name === 'drop' && event.dataTransfer.files[0]) send(event.dataTransfer.files[0]);
      });
    });
  }

  // -- a list that a worker is at: asked for each second, and shown anew when its state changes
  document.querySelectorAll('[data-live]').forEach(function (place) {
    let state = null;
    const ask = function () {
      yanshu.ask(place.dataset.live).then(function (data) {
        if (!data.open || (state && state !== data.state)) { location.reload(); return; }
        state = data.state;
        place.querySelector('progress').value = data.percent;
        const said = place.querySelector('[data-said]');
        if (said) said.textContent = data.text;
        setTimeout(ask, 1000);
      }).catch(function () { setTimeout(ask, 4000); });
    };
    setTimeout(ask, 500);
  });

  // -- boxes beside pupils are kept at once
  const form = document.querySelector('[data-ticks]');
  if (form) {
    const note = document.querySelector('[data-without]');
    let last = Promise.resolve();
    const keep = function () {
      const body = new URLSearchParams(new FormData(form));
      last = last.then(function () {
        return yanshu.ask(form.action, { method: 'POST', body: body });
      }).then(function (data) {
        if (!note) return;
        note.hidden = !data.without;
        note.querySelector('b').textContent = data.without;
      }).catch(function (error) { alert(error.message); location.reload(); });
    };
    // After console.js has ticked all boxes of the table.
    form.addEventListener('change', function () { setTimeout(keep, 0); });
    const apply = document.querySelector('form.apply');
    if (apply) {
      // Kinds stay as they were ticked while somebody goes from one list of pupils to another.
      const kinds = apply.querySelectorAll('input[name=kind]');
      const key = 'kinds:' + location.pathname;
      const kept = JSON.parse(sessionStorage.getItem(key) || '{}');
      kinds.forEach(function (box) {
        if (box.value in kept) box.checked = kept[box.value];
        box.addEventListener('change', function () {
          kept[box.value] = box.checked;
          sessionStorage.setItem(key, JSON.stringify(kept));
        });
      });
      apply.addEventListener('submit', function (event) {
        if (apply.dataset.kept) return;
        event.preventDefault();
        event.stopPropagation();
        const button = event.submitter;
        last.then(function () {
          apply.dataset.kept = 'yes';
          // Not at once: a form that is still telling of a submit takes no second one.
          setTimeout(function () { apply.requestSubmit(button); }, 0);
        });
      }, true);
    }
  }
})();
