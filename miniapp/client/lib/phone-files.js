/* Files on this phone, as promises. What WeChat hands out (a download, a choice) is gone with the app; what is saved
stays: 200 MB for a mini-program, everything together. Saving moves a file: only the new path counts. */

const { ApiError } = require('./http');

const GONE = 'file_gone';

const files = () => wx.getFileSystemManager();

/** Keep it beyond this run of the app; null when there is no room. @param {string} tempFilePath @returns {Promise<string | null>} */
function save(tempFilePath) {
  return new Promise((resolve) => {
    files().saveFile({ tempFilePath, success: ({ savedFilePath }) => resolve(savedFilePath), fail: () => resolve(null) });
  });
}

/** How many bytes it has. @param {string} filePath @returns {Promise<number>} @throws {ApiError} GONE */
function weigh(filePath) {
  return new Promise((resolve, reject) => {
    files().getFileInfo({ filePath, success: ({ size }) => resolve(size), fail: () => reject(new ApiError(GONE)) });
  });
}

/**
 * A part of it, never more than that in memory.
 * @param {string} filePath @param {number} position @param {number} length
 * @returns {Promise<ArrayBuffer>} @throws {ApiError} GONE
 */
function read(filePath, position, length) {
  return new Promise((resolve, reject) => {
    files().readFile({
      filePath, position, length,
      success: ({ data }) => resolve(/** @type {ArrayBuffer} */ (data)),
      fail: () => reject(new ApiError(GONE)),
    });
  });
}

/** Whether it is still there. @param {string} path @returns {Promise<boolean>} */
function has(path) {
  return new Promise((resolve) => {
    files().access({ path, success: () => resolve(true), fail: () => resolve(false) });
  });
}

/** Let go of what was saved. @param {string} filePath */
function remove(filePath) {
  files().removeSavedFile({ filePath, fail: () => {} });
}

function removeAll() {
  files().getSavedFileList({ success: ({ fileList }) => fileList.forEach(({ filePath }) => remove(filePath)) });
}

module.exports = { GONE, has, read, remove, removeAll, save, weigh };
