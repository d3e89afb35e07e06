/* Pictures and files: choosing, showing, keeping. */

import { Refusal } from './refusal.js';

const SAVED = 'wxfile://';

/** Where the browser finds a file of the phone. */
export function whereIs(path) {
  return path.startsWith(SAVED) ? localStorage.getItem(path) || 'gone:' : path;
}

async function dataUrl(path) {
  const blob = await (await fetch(whereIs(path))).blob();
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

async function bytesOf(path) {
  return (await fetch(whereIs(path))).arrayBuffer();
}

const failing = (name, fail) => (error) => fail && fail({ errMsg: `${name}:fail ${error.message}` });

export function fileDoubles({ mini = {}, frame }) {
  /** Each person's apart, as in storage. */
  const own = `${SAVED}${mini.person || ''}store_`;

  /** Let the person (or Playwright's file chooser) pick files. */
  function pick(accept, count) {
    return new Promise((resolve, reject) => {
      const input = document.createElement('input');
      Object.assign(input, { type: 'file', accept, multiple: count > 1 });
      input.onchange = () => resolve(Array.from(input.files).slice(0, count));
      input.oncancel = () => reject(new Refusal('cancel'));
      input.click();
    });
  }

  async function chooseMedia({ count = 9, mediaType = ['image'] }) {
    const files = await pick(mediaType.map((type) => `${type}/*`).join(','), count);
    const fileType = (file) => file.type.split('/')[0];
    return {
      type: fileType(files[0]),
      tempFiles: files.map((file) => ({ tempFilePath: URL.createObjectURL(file), size: file.size, fileType: fileType(file) })),
    };
  }

  async function chooseMessageFile({ count = 1 }) {
    const files = await pick('', count);
    return {
      tempFiles: files.map((file) => ({ path: URL.createObjectURL(file), name: file.name, size: file.size, type: 'file' })),
    };
  }

  const manager = {
    /** Kept in the browser's storage: it outlives a closed page, as a saved file outlives a killed app. */
    saveFile({ tempFilePath, success, fail }) {
      dataUrl(tempFilePath)
        .then((url) => {
          const savedFilePath = `${own}${Object.keys(localStorage).length}_${Date.now()}`;
          localStorage.setItem(savedFilePath, url);
          success({ savedFilePath, errMsg: 'saveFile:ok' });
        })
        .catch(failing('saveFile', fail));
    },
    removeSavedFile({ filePath, fail }) {
      if (localStorage.getItem(filePath) === null && fail) fail({ errMsg: 'removeSavedFile:fail file not exist' });
      localStorage.removeItem(filePath);
    },
    getSavedFileList({ success }) {
      const kept = Object.keys(localStorage).filter((key) => key.startsWith(own));
      success({ fileList: kept.map((filePath) => ({ filePath, size: localStorage.getItem(filePath).length })), errMsg: 'getSavedFileList:ok' });
    },
    access({ path, success, fail }) {
      if (whereIs(path) === 'gone:') fail({ errMsg: 'access:fail no such file or directory' });
      else success({ errMsg: 'access:ok' });
    },
    getFileInfo({ filePath, success, fail }) {
      bytesOf(filePath).then(({ byteLength }) => success({ size: byteLength })).catch(failing('getFileInfo', fail));
    },
    /** A part that is not inside the file is refused, as WeChat does. */
    readFile({ filePath, encoding, position = 0, length, success, fail }) {
      bytesOf(filePath)
        .then((bytes) => {
          const end = length === undefined ? bytes.byteLength : position + length;
          if (end > bytes.byteLength) throw new Error('the value of "length" is out of range');
          const part = bytes.slice(position, end);
          success({ data: encoding === 'base64' ? btoa(String.fromCharCode(...new Uint8Array(part))) : part });
        })
        .catch(failing('readFile', fail));
    },
  };

  return {
    calls: {
      chooseMedia,
      chooseMessageFile,
      previewImage: ({ urls, current }) => {
        mini.previewed = { urls, current: current || urls[0] };
      },
      previewMedia: ({ sources, current = 0 }) => {
        mini.previewed = { urls: sources.map(({ url }) => url), current: sources[current].url };
      },
      openDocument: ({ filePath, fileType }) => {
        mini.opened = { filePath, fileType };
        frame.toast('已打开文件');
      },
      saveImageToPhotosAlbum: ({ filePath }) => {
        mini.saved = filePath;
      },
      addFileToFavorites: ({ filePath, fileName }) => {
        mini.kept = { filePath, fileName };
      },
      shareFileMessage: ({ filePath, fileName }) => {
        mini.passed = { filePath, fileName };
      },
      saveFileToDisk: ({ filePath }) => {
        mini.savedToDisk = filePath;
      },
      compressImage: ({ src }) => ({ tempFilePath: src }),
      getImageInfo: async ({ src }) => {
        const picture = new Image();
        picture.src = src;
        await picture.decode();
        return { width: picture.naturalWidth, height: picture.naturalHeight, path: src, type: 'png' };
      },
    },
    values: { getFileSystemManager: () => manager },
  };
}
