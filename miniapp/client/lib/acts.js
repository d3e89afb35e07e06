/* What a person does on a page and waits for: asked twice where it is dangerous, once at a time, and what went
wrong is said. What may wait for a network goes through the queue instead. */

const api = require('./api');
const { words } = require('../i18n/index');
const { ApiError, OFFLINE } = require('./http');

const RED = '#d93a3a';

/** @typedef {{setData: (data: any) => void, data: any, keys?: Record<string, string>}} Page */

/**
 * Ask in WeChat's own dialog. @param {{title: string, content: string, yes: string, no?: string, danger?: boolean}} asked
 * @returns {Promise<boolean>}
 */
async function ask({ title, content, yes, no = words().common.no, danger = false }) {
  const { confirm } = await wx.showModal({
    title, content, confirmText: yes, cancelText: no, ...(danger ? { confirmColor: RED } : {}),
  });
  return confirm;
}

/**
 * Do `act` with a key that stays the same until there is an answer; `page.data.busy` meanwhile.
 * @template T
 * @param {Page} page @param {string} name what it is, such as `end` @param {(key: string) => Promise<T>} act
 * @returns {Promise<{done: T} | null>} null: it did not happen, and the person knows
 */
async function attempt(page, name, act) {
  if (page.data.busy) return null;
  const keys = page.keys || (page.keys = {});
  const key = keys[name] || (keys[name] = api.newKey());
  page.setData({ busy: name });
  try {
    const done = await act(key);
    delete keys[name];
    return { done };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (!error.passing) delete keys[name];
    await tell(error);
    return null;
  } finally {
    page.setData({ busy: '' });
  }
}

/** Why it did not work. @param {InstanceType<typeof ApiError>} error */
function tell(error) {
  const t = words().common;
  const content = error.code === OFFLINE ? t.failedHint : Object.values(error.fields)[0] || error.message;
  return wx.showModal({ title: t.notDone, content, showCancel: false, confirmText: t.understood });
}

/** @param {string} title */
function say(title) {
  wx.showToast({ title, icon: 'none' });
}

module.exports = { ask, attempt, say, tell };
