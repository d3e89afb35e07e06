/* Homework that a teacher is setting, kept on this phone until the server has it: what is written in a tunnel is sent in
its order, once. Whether it fits into the evening is said by the server when it arrives.

writing: on the screen, or left there; sending: with the queue; refused: the server said what is wrong. */

const api = require('./api');
const queue = require('./queue');
const uploads = require('./uploads');
const { words } = require('../i18n/index');

const STORED = 'homework-drafts';
const SET = 'set:';

/** @typedef {import('../homework/lib/form').Form} Form */

/** @returns {Form[]} oldest first */
function all() {
  return wx.getStorageSync(STORED) || [];
}

/** @param {string} key @returns {Form | null} */
function find(key) {
  return all().find((form) => form.key === key) || null;
}

/** Keep it, if there is anything in it. @param {Form} form */
function keep(form) {
  const others = all().filter(({ key }) => key !== form.key);
  wx.setStorageSync(STORED, form.text.trim() || form.attached.length ? [...others, form] : others);
}

/** Throw it away, with its files on this phone. @param {string} key */
function drop(key) {
  const form = find(key);
  if (form) uploads.forget(form.attached);
  forgetKey(key);
}

/** Without its files. @param {string} key */
function forgetKey(key) {
  wx.setStorageSync(STORED, all().filter((one) => one.key !== key));
}

/** Give it to the queue: from here on it lands once. @param {Form} form @param {Api.HomeworkIn} said */
function send(form, said) {
  keep({ ...form, state: 'sending', why: '', wrong: {} });
  return queue.add({
    about: SET + form.key, path: '/teaching/homework', method: 'POST', body: said, key: form.key,
    uploads: form.attached.map((attached, at) => ({ ...attached, at })),
  });
}

/** From the app's start on: what the server made of one. */
function follow() {
  queue.listen((outcome) => {
    const form = outcome.about.startsWith(SET) ? find(outcome.about.slice(SET.length)) : null;
    if (!form) return;
    if (outcome.state === 'done') drop(form.key);
    if (outcome.state === 'refused') {
      const { code, message, fields, status } = outcome.error;
      const t = words().publish;
      const why = code === uploads.GONE ? t.fileGone : status === 404 ? t.notYours : message;
      // Under a new key: the old one stands for what was refused. The files go up anew: they may be what is missing.
      forgetKey(form.key);
      const attached = form.attached.map((one) => (one.path ? { ...one, id: '', key: api.newKey() } : one));
      keep({ ...form, attached, key: api.newKey(), state: 'refused', why, wrong: fields });
    }
  });
}

module.exports = { SET, all, drop, find, follow, keep, send };
