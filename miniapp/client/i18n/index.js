/* Which table of words is in force. Another language is another file with the same keys. */

const zh = require('./zh');
const en = require('./en');

/** @typedef {typeof zh} Words */

/** @type {Record<string, {name: string, words: Words}>} */
const LANGUAGES = {
  zh: { name: '中文', words: zh },
  en: { name: 'English', words: en },
};
const STORED = 'language';

/** The language that was chosen, or that WeChat is set to. */
function language() {
  const chosen = wx.getStorageSync(STORED);
  if (LANGUAGES[chosen]) return chosen;
  return wx.getAppBaseInfo().language.startsWith('en') ? 'en' : 'zh';
}

/** @param {string} name a key of LANGUAGES */
function chooseLanguage(name) {
  wx.setStorageSync(STORED, name);
}

/** The table in force. @returns {Words} */
function words() {
  return LANGUAGES[language()].words;
}

/**
 * `{n}` in a sentence is replaced by values.n.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

module.exports = { LANGUAGES, chooseLanguage, fill, language, words };
