/* Files that were opened stay readable without a network, as long as the answer that they belong to is kept
(lib/store.js) and within bounds: the oldest go first. */

const phone = require('./phone-files');

const STORED = 'kept-files';
const MOST_FILES = 200;
const MOST_BYTES = 60 * 1024 * 1024; // of WeChat's 200 MB, which what is on its way up needs too
const LARGEST_BYTES = 10 * 1024 * 1024;

/** @typedef {{address: string, of: string, path: string, size: number}} KeptFile */

/** @returns {KeptFile[]} oldest first */
function all() {
  return wx.getStorageSync(STORED) || [];
}

/** Where it is, if it is still there. @param {string} address @returns {Promise<string | null>} */
async function find(address) {
  const kept = all().find((one) => one.address === address);
  return kept && (await phone.has(kept.path)) ? kept.path : null;
}

/**
 * Keep what was fetched; returns where it is now. What is too large, or has no room, stays where it was.
 * @param {string} address @param {string} of the address of the answer that it belongs to @param {string} fetched
 * @returns {Promise<string>}
 */
async function keep(address, of, fetched) {
  const size = await phone.weigh(fetched);
  const path = size <= LARGEST_BYTES ? await phone.save(fetched) : null;
  if (!path) return fetched;
  dropWhere((one) => one.address === address);
  const files = [...all(), { address, of, path, size }];
  let bytes = files.reduce((sum, one) => sum + one.size, 0);
  while (files.length > MOST_FILES || bytes > MOST_BYTES) {
    const oldest = /** @type {KeptFile} */ (files.shift());
    phone.remove(oldest.path);
    bytes -= oldest.size;
  }
  wx.setStorageSync(STORED, files);
  return path;
}

/** Forget what belongs to an answer. @param {string} of */
function dropOf(of) {
  dropWhere((one) => one.of === of);
}

/** @param {(one: KeptFile) => boolean} isOver */
function dropWhere(isOver) {
  const files = all();
  const over = files.filter(isOver);
  if (!over.length) return;
  over.forEach(({ path }) => phone.remove(path));
  wx.setStorageSync(STORED, files.filter((one) => !over.includes(one)));
}

module.exports = { dropOf, find, keep };
