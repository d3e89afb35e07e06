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

/** A moment that ends in Chinese, 刚刚, stands close to the words beside it; one that ends in figures keeps its distance. */
const WORDED = /[\u4e00-\u9fff]$/;

/** @param {string} sentence */
function close(sentence) {
  return sentence.replace(/([\u4e00-\u9fff}]) (?=\{when\})/, '$1').replace(/\{when\} (?=[\u4e00-\u9fff])/, '{when}');
}

/**
 * `{n}` in a sentence is replaced by values.n.
 * @param {string} sentence
 * @param {Record<string, string | number>} values
 */
function fill(sentence, values) {
  const said = WORDED.test(String(values.when)) ? close(sentence) : sentence;
  return said.replace(/\{(\w+)\}/g, (hole, name) => (name in values ? String(values[name]) : hole));
}

module.exports = { LANGUAGES, chooseLanguage, fill, language, words };
