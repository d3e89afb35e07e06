/* Files of a resource: each goes in pieces, one after the other. What the line breaks off goes on where it stopped,
   also after the page was closed: the browser remembers which upload a file has. */
(function () {
  'use strict';
  const yanshu = window.yanshu;
  const place = document.querySelector('[data-files]');
  if (!place) return;
  const list = place.querySelector('[data-list]');
  const input = place.querySelector('[data-input]');
  const drop = place.querySelector('.drop');
  const pieceBytes = Number(place.dataset.piece);
  const films = place.dataset.filmEndings.split(' ');
  const limitOf = function (file) {
    const isFilm = films.some(function (ending) { return file.name.toLowerCase().endsWith(ending); });
    return Number(isFilm ? place.dataset.film : place.dataset.limit);
  };
  const WAITS = [1000, 3000, 8000, 20000, 30000];
  let under = 0;

  // -- CRC-32 of a piece, as the server reckons it
  const table = new Uint32Array(256).map(function (_, n) {
    for (let bit = 0; bit < 8; bit += 1) n = n & 1 ? (n >>> 1) ^ 0xedb88320 : n >>> 1;
    return n >>> 0;
  });
  const crc32 = function (bytes) {
    let crc = 0xffffffff;
    for (let i = 0; i < bytes.length; i += 1) crc = table[(crc ^ bytes[i]) & 255] ^ (crc >>> 8);
    return ((crc ^ 0xffffffff) >>> 0).toString(16).padStart(8, '0');
  };

  const ask = function (path, options) {
    const headers = Object.assign({ Accept: 'application/json', 'X-CSRF-Token': yanshu.csrf }, (options || {}).headers);
    return fetch(place.dataset.files + path, Object.assign({ credentials: 'same-origin' }, options, { headers: headers }))
      .then(function (answer) {
        return answer.json().catch(function () { return {}; }).then(function (body) {
          if (answer.ok) return body.data;
          const error = new Error((body.error && body.error.message) || yanshu.offline);
          error.status = answer.status;
          error.to = body.error && body.error.to;
          throw error;
        });
      });
  };
  const form = function (fields) { return { method: 'POST', body: new URLSearchParams(fields) }; };
  const remembered = function (file) { return 'yanshu-file:' + [file.name, file.size, file.lastModified].join(':'); };
  const remember = function (file, id) {
    try { if (id) localStorage.setItem(remembered(file), id); else localStorage.removeItem(remembered(file)); } catch (error) { /* private mode: no going on later */ }
  };
  const recall = function (file) { try { return localStorage.getItem(remembered(file)); } catch (error) { return null; } };

  const begin = function (file) {
    const announce = function () { return ask('', form({ name: file.name, size: file.size })); };
    const id = recall(file);
    const found = id ? ask('/' + id).catch(function (error) { if (error.status) return announce(); throw error; }) : announce();
    return found.then(function (upload) { remember(file, upload.id); return upload; });
  };
  const sendOne = function (file, id, offset) {
    return file.slice(offset, offset + pieceBytes).arrayBuffer().then(function (buffer) {
      const bytes = new Uint8Array(buffer);
      return ask('/' + id + '/pieces?offset=' + offset + '&crc32=' + crc32(bytes), {
        method: 'PUT', body: bytes, headers: { 'Content-Type': 'application/octet-stream' }
      });
    });
  };

  // -- one line of the list
  const lineFor = function (file) {
    const line = document.createElement('li');
    const name = document.createElement('span');
    name.textContent = file.name;
    const bar = document.createElement('progress');
    bar.max = 100;
    bar.value = 0;
    bar.setAttribute('aria-label', file.name);
    const remove = document.createElement('button');
    remove.type = 'button';
    remove.className = 'button plain small';
    remove.dataset.remove = '';
    remove.textContent = '移除';
    line.append(name, bar, remove);
    list.append(line);
    return line;
  };
  const refuse = function (line, error) {
    const bar = line.querySelector('progress');
    if (bar) bar.remove();
    const said = document.createElement('p');
    said.className = 'problem';
    said.setAttribute('role', 'alert');
    said.textContent = error.message;
    if (error.to) {
      const link = document.createElement('a');
      link.href = error.to;
      link.target = '_blank';
      link.textContent = '看一看';
      said.append(' ', link);
    }
    line.append(said);
  };
  const finish = function (line, stored) {
    const field = document.createElement('input');
    field.type = 'hidden';
    field.name = 'file_ids';
    field.value = stored.id;
    const size = document.createElement('span');
    size.className = 'note';
    size.textContent = stored.size;
    line.querySelector('span').textContent = stored.name;
    line.querySelector('progress').replaceWith(size);
    line.append(field);
    line.append(line.querySelector('[data-remove]'));
    const missing = document.getElementById('wrong-file_ids');
    if (missing) missing.remove();
  };

  const wait = function (ms) { return new Promise(function (resolve) { setTimeout(resolve, ms); }); };
  const upload = async function (file, line) {
    if (!file.size) throw new Error('文件是空的');
    const limit = limitOf(file);
    if (file.size > limit) throw new Error('文件太大，单个最大 ' + Math.floor(limit / 1048576) + ' MB');
    for (let tries = 0; ; tries += 1) {
      try {
        let state = await begin(file);
        while (state.missing.length) {
          if (!line.isConnected) return;
          line.querySelector('progress').value = 100 - 100 * state.missing.length * pieceBytes / file.size;
          const before = state.missing.length;
          state = await sendOne(file, state.id, state.missing[0]);
          if (state.missing.length < before) tries = 0;
        }
        const stored = await ask('/' + state.id, form({ of: place.dataset.of }));
        remember(file, null);
        finish(line, stored);
        return;
      } catch (error) {
        // What the server has refused stays refused; a line that is gone comes back.
        if ((error.status && error.status < 500) || tries >= WAITS.length) {
          if (error.status) remember(file, null);
          throw error.status ? error : new Error(yanshu.offline + '，选同一个文件会接着传');
        }
        await wait(WAITS[tries]);
      }
    }
  };
  const take = async function (files) {
    for (const file of files) {
      const line = lineFor(file);
      under += 1;
      try { await upload(await yanshu.readable(file), line); } catch (error) { refuse(line, error); }
      under -= 1;
    }
  };

  input.addEventListener('change', function () { const files = Array.from(input.files); input.value = ''; take(files); });
  ['dragover', 'dragleave', 'drop'].forEach(function (name) {
    drop.addEventListener(name, function (event) {
      event.preventDefault();
      drop.classList.toggle('over', name === 'dragover');
      if (name === 'drop') take(Array.from(event.dataTransfer.files));
    });
  });
  list.addEventListener('click', function (event) {
    if ('remove' in event.target.dataset) event.target.closest('li').remove();
  });
  window.addEventListener('beforeunload', function (event) { if (under) event.preventDefault(); });
  // -- not before every file is there
  document.getElementById('resource').addEventListener('submit', function (event) {
    if (!under) return;
    event.preventDefault();
    event.stopPropagation();
    event.submitter.blur();
    list.querySelector('progress').scrollIntoView({ block: 'center' });
  });
})();
