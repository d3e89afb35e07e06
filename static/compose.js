/* Writing a notice: counters, uploads with progress, the forecast, and a draft that survives the page. */
(function () {
  'use strict';
  const form = document.querySelector('[data-compose]');
  const yanshu = window.yanshu;
  const submit = form.querySelector('[data-submit]');
  const MAX_BYTES = 50 * 1024 * 1024, MAX_FILES = Number(form.dataset.most) || 9;

  // -- counters: in characters as people count them, not in UTF-16 units
  form.querySelectorAll('[data-limit]').forEach(function (field) {
    const counter = form.querySelector('[data-counter="' + field.name + '"]');
    const limit = Number(field.dataset.limit);
    function count() {
      const length = Array.from(field.value.trim()).length;
      counter.textContent = length + '/' + limit;
      counter.classList.toggle('over', length > limit);
      if (counter.classList.contains('quiet')) counter.hidden = length < limit * 0.9;
      if (field.tagName === 'TEXTAREA') grow(field);
    }
    field.addEventListener('input', count);
    field.count = count;
    count();
  });
  function grow(area) {
    area.style.height = 'auto';
    area.style.height = area.scrollHeight + 'px';
  }

  // -- now or later
  const later = form.querySelector('.when-later');
  function chosen(name) {
    const field = form.querySelector('[name=' + name + ']:checked');
    return field ? field.value : '';
  }
  function showWhen() {
    if (!later) return;
    const isLater = chosen('when') === 'later';
    later.hidden = !isLater;
    submit.textContent = isLater ? '定时发布' : '发布';
    const quiet = form.querySelector('[data-quiet]');
    if (quiet) quiet.hidden = isLater;
  }
  form.addEventListener('change', function (event) {
    showWhen();
    if (event.target.name === 'when' && !later.hidden) later.scrollIntoView({ block: 'nearest' });
  });
  const quietButton = form.querySelector('[data-quiet-until]');
  if (quietButton) {
    quietButton.hidden = false;
    quietButton.addEventListener('click', function () {
      form.querySelector('[name=when][value=later]').checked = true;
      form.elements.publish_at.value = quietButton.dataset.quietUntil;
      showWhen();
      save();
    });
  }

  // -- the forecast follows the audience
  const forecast = form.querySelector('[data-forecast-block]');
  let asked = 0, forecastTimer = 0;
  function foresee() {
    if (!forecast) return;
    clearTimeout(forecastTimer);
    forecast.classList.add('stale');
    forecastTimer = setTimeout(function () {
      const mine = ++asked;
      const asks = Array.from(form.querySelectorAll('[name=class_ids]:checked, input[type=hidden][name=class_ids], [data-foresees]'));
      const query = asks.map(function (field) { return field.name + '=' + encodeURIComponent(field.value); }).join('&');
      yanshu.ask(form.dataset.forecast + '?' + query).then(function (news) {
        if (mine === asked) forecast.innerHTML = news.html;
      }, function () { /* the old forecast stays, greyed */ return Promise.reject(); }).then(function () {
        if (mine === asked) forecast.classList.remove('stale');
      }, function () {});
    }, 200);
  }
  form.addEventListener('change', function (event) {
    if (event.target.name === 'class_ids' || event.target.hasAttribute('data-foresees')) foresee();
  });

  // -- uploads
  const uploads = form.querySelector('[data-uploads]');
  const add = uploads.querySelector('[data-add]');
  const picker = uploads.querySelector('[data-files]');
  let uploading = 0;
  add.hidden = false;
  function tidy() {
    add.hidden = uploads.querySelectorAll('[data-upload-item]').length >= MAX_FILES;
    submit.disabled = uploading > 0;
    submit.classList.toggle('busy', uploading > 0);
  }
  picker.addEventListener('change', function () {
    const room = MAX_FILES - uploads.querySelectorAll('[data-upload-item]').length;
    Array.from(picker.files).slice(0, room).forEach(function (file) { take(file); });
    picker.value = '';
  });
  uploads.addEventListener('click', function (event) {
    const again = event.target.closest('[data-again]');
    if (again) {
      const failed = again.closest('[data-upload-item]');
      take(failed.chosen, failed);
      return;
    }
    const remove = event.target.closest('[data-remove]');
    if (!remove) return;
    const item = remove.closest('[data-upload-item]');
    if (item.request) item.request.abort();
    item.remove();
    tidy();
    save();
  });
  function element(tag, name, text) {
    const made = document.createElement(tag);
    if (name) made.className = name;
    if (text) made.textContent = text;
    return made;
  }
  function makeItem(name) {
    const item = element('div', 'upload');
    item.setAttribute('data-upload-item', '');
    const remove = element('button', 'close');
    remove.type = 'button';
    remove.setAttribute('data-remove', '');
    remove.setAttribute('aria-label', '删除 ' + name);
    item.append(element('span', 'upload-name', name), remove);
    uploads.insertBefore(item, add);
    return item;
  }
  function showFile(item, file) {
    const label = item.querySelector('.upload-name');
    if (file.kind === 'picture') {
      const picture = element('img');
      picture.alt = file.name;
      picture.src = form.dataset.upload + '/' + encodeURIComponent(file.id);
      item.insertBefore(picture, label);
    } else {
      const ending = file.name.split('.').pop().toLowerCase();
      const kind = { pdf: 'pdf', doc: 'doc', docx: 'doc', xls: 'xls', xlsx: 'xls', ppt: 'ppt', pptx: 'ppt' }[ending] || '';
      const icon = element('span', 'file-icon ' + kind, ending.slice(0, 4).toUpperCase());
      icon.setAttribute('aria-hidden', 'true');
      item.insertBefore(icon, label);
    }
    label.textContent = file.name;
    const field = element('input');
    field.type = 'hidden';
    field.name = 'file_ids';
    field.value = file.id;
    item.appendChild(field);
    item.kept = file;
  }
  function fail(item, name, words) {
    item.classList.add('failed');
    item.querySelector('.upload-name').textContent = name + '：' + words;
    const progress = item.querySelector('progress');
    if (progress) progress.remove();
  }
  /* A line that broke off is no reason to look for the picture again. */
  function offer(item, file) {
    const again = element('button', 'link', '再传一次');
    again.type = 'button';
    again.setAttribute('data-again', '');
    item.chosen = file;
    item.insertBefore(again, item.lastElementChild);
  }
  function take(file, failed) {
    const item = makeItem(file.name);
    if (failed instanceof Element) failed.replaceWith(item);
    const progress = element('progress');
    progress.max = 1;
    progress.value = 0;
    progress.setAttribute('aria-label', '正在上传 ' + file.name);
    item.appendChild(progress);
    uploading++;
    tidy();
    yanshu.shrunk(file).then(function (content) {
      if (content.size > MAX_BYTES) throw new Error('文件太大，最大 50 MB');
      return send(item, content.name, content, progress);
    }).then(function (stored) {
      progress.remove();
      showFile(item, stored);
    }).catch(function (error) {
      if (!item.isConnected) return;
      fail(item, file.name, error.message);
      if (error.message === yanshu.offline) offer(item, file);
    }).then(function () {
      uploading--;
      tidy();
      save();
    });
  }
  function send(item, name, content, progress) {
    return new Promise(function (resolve, reject) {
      const request = item.request = new XMLHttpRequest();
      request.open('POST', form.dataset.upload);
      request.setRequestHeader('X-CSRF-Token', yanshu.csrf);
      request.setRequestHeader('X-File-Name', encodeURIComponent(name));
      request.setRequestHeader('Accept', 'application/json');
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.upload.addEventListener('progress', function (event) {
        if (event.lengthComputable) progress.value = event.loaded / event.total;
      });
      request.addEventListener('load', function () {
        let body = {};
        try { body = JSON.parse(request.responseText); } catch (error) { /* told below */ }
        if (request.status === 201) resolve(body.data);
        else reject(new Error((body.error && body.error.message) || yanshu.offline));
      });
      request.addEventListener('error', function () { reject(new Error(yanshu.offline)); });
      request.addEventListener('abort', function () { reject(new Error('')); });
      request.send(content);
    });
  }

  // -- the draft: what was typed survives a page that WeChat throws away
  const keepsDraft = form.hasAttribute('data-draft');
  const note = form.querySelector('[data-restored]');
  // Each form says which of its fields are kept; homework and notices are apart.
  const TEXTS = form.dataset.texts.split(' ').concat('key'), CHOICES = form.dataset.choices.split(' ').filter(Boolean);
  const draftKey = yanshu.draftKey + (form.dataset.draft || '');
  let saveTimer = 0, dropped = false;
  function read() {
    try { return JSON.parse(localStorage.getItem(draftKey)); } catch (error) { return null; }
  }
  function write(draft) {
    try {
      if (draft) localStorage.setItem(draftKey, JSON.stringify(draft));
      else localStorage.removeItem(draftKey);
    } catch (error) { /* private mode: no draft */ }
  }
  function collect(sent) {
    const draft = { sent: sent, seen: form.dataset.seen || '' };
    CHOICES.forEach(function (name) { draft[name] = chosen(name); });
    TEXTS.forEach(function (name) { draft[name] = form.elements[name].value; });
    draft.links = Array.from(form.querySelectorAll('[name=links]:not([type=checkbox])')).map(function (field) { return field.value; });
    draft.shelf = Array.from(form.querySelectorAll('[name=links]:checked')).map(function (box) { return box.value; });
    draft.class_ids = Array.from(form.querySelectorAll('[name=class_ids]:checked')).map(function (box) { return box.value; });
    draft.files = Array.from(uploads.querySelectorAll('[data-upload-item]')).map(function (item) { return item.kept; }).filter(Boolean);
    return draft;
  }
  function hasWords(draft) {
    return Boolean(draft && (draft.title || draft.body || draft.text || (draft.files || []).length));
  }
  /* What stands in it, whichever page it was typed on. */
  function said(draft) {
    return JSON.stringify(Object.assign({}, draft, { key: '', sent: false }));
  }
  // What a page already says when it comes is nobody's draft.
  const untouched = 'seen' in form.dataset ? said(collect(false)) : '';
  function save() {
    if (!keepsDraft) return;
    clearTimeout(saveTimer);
    const draft = collect(false);
    write(hasWords(draft) && said(draft) !== untouched ? draft : null);
  }
  function restore(draft, withKey) {
    TEXTS.forEach(function (name) {
      if (name !== 'key' || withKey) form.elements[name].value = draft[name] || '';
    });
    CHOICES.forEach(function (name) {
      const field = form.querySelector('[name=' + name + '][value="' + draft[name] + '"]');
      if (field) field.checked = true;
    });
    form.querySelectorAll('[name=links]:not([type=checkbox])').forEach(function (field, position) { field.value = (draft.links || [])[position] || ''; });
    form.querySelectorAll('[name=links][type=checkbox]').forEach(function (box) { box.checked = (draft.shelf || []).indexOf(box.value) >= 0; });
    if ((draft.links || []).concat(draft.shelf || []).some(Boolean)) form.querySelector('.links').open = true;
    form.querySelectorAll('[name=class_ids]').forEach(function (box) { box.checked = draft.class_ids.indexOf(box.value) >= 0; });
    const there = Array.from(form.querySelectorAll('[name=file_ids]')).map(function (field) { return field.value; });
    (draft.files || []).forEach(function (file) { if (there.indexOf(file.id) < 0) showFile(makeItem(file.name), file); });
    form.querySelectorAll('[data-limit]').forEach(function (field) { field.count(); });
    tidy();
    foresee();
    showWhen();
  }
  function say(words, action, act) {
    note.textContent = words;
    const button = element('button', '', action);
    button.type = 'button';
    button.addEventListener('click', act);
    note.appendChild(button);
    note.hidden = false;
  }
  if (keepsDraft) {
    let draft = form.dataset.fresh ? read() : null;
    // Where the page itself says what has arrived, what was sent is either there, or goes on as a draft under its key.
    const says = 'seen' in form.dataset;
    if (says && hasWords(draft) && draft.sent && draft.seen !== form.dataset.seen) {
      draft = null;
      write(null);
    }
    if (hasWords(draft) && draft.sent && !says) {
      // It may have gone out. It keeps its key: if it has, publishing again finds that notice, not a second one.
      const words = draft.title || Array.from((draft.text || '').trim()).slice(0, 12).join('');
      say('上次写的《' + (words || '无标题') + '》点过发布。请先到“' + form.dataset.list + '”看看有没有发出。', '没有发出，接着写', function () {
        note.hidden = true;
        restore(draft, true);
        save();
      });
    } else if (hasWords(draft)) {
      restore(draft, true);
      say('已恢复上次没写完的内容。', '清空，重新写', function () {
        dropped = true;
        write(null);
        location.reload();
      });
    }
    form.addEventListener('input', function () {
      clearTimeout(saveTimer);
      saveTimer = setTimeout(save, 300);
    });
    form.addEventListener('change', save);
    window.addEventListener('pagehide', function () {
      if (!form.dataset.sent && !dropped) save();
    });
    form.addEventListener('submit', function () {
      clearTimeout(saveTimer);
      write(collect(true));
    });
    if (!form.dataset.fresh) save();
  }
  // The keyboard's Enter must not publish.
  form.addEventListener('keydown', function (event) {
    if (event.key === 'Enter' && event.target.tagName === 'INPUT') event.preventDefault();
  });
  showWhen();
  tidy();
})();
