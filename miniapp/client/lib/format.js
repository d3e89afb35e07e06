/* Times, sizes and names as people say them. No sentence stands here: they are in i18n/. */

const { fill, words } = require('../i18n/index');

const MINUTE = 60 * 1000;
const DAY = 24 * 60 * MINUTE;

/** @param {number} number */
function two(number) {
  return String(number).padStart(2, '0');
}

/** @param {Date} time */
function midnight(time) {
  return new Date(time.getFullYear(), time.getMonth(), time.getDate()).getTime();
}

/**
 * A moment seen from now: 刚刚, 5分钟前, 今天 08:30, 昨天 08:30, 11月22日 08:30, 2025年3月1日.
 * @param {string | null} iso with an offset, as the server writes it
 * @param {Date} [now]
 */
function moment(iso, now = new Date()) {
  if (!iso) return '';
  const t = words().time;
  const time = new Date(iso);
  const past = now.getTime() - time.getTime();
  const clock = `${two(time.getHours())}:${two(time.getMinutes())}`;
  const days = Math.round((midnight(time) - midnight(now)) / DAY);
  if (past >= 0 && past < MINUTE) return t.now;
  if (past >= 0 && past < 60 * MINUTE) return fill(t.minutes, { n: Math.floor(past / MINUTE) });
  if (days === 0) return fill(t.today, { clock });
  if (days === -1) return fill(t.yesterday, { clock });
  if (days === 1) return fill(t.tomorrow, { clock });
  const date = { year: time.getFullYear(), month: time.getMonth() + 1, day: time.getDate(), clock };
  return fill(date.year === now.getFullYear() ? t.date : t.far, date);
}

/** The day it is here, today's as long as nothing else is said, as the server writes days: 2026-11-28. @param {Date} [time] */
function dateOf(time = new Date()) {
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
}

/** A day as a file's name has it: 20261128. @param {string} iso */
function day(iso) {
  const time = new Date(iso);
  return `${time.getFullYear()}${two(time.getMonth() + 1)}${two(time.getDate())}`;
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/**
 * The last character of a Chinese name: what stands in a child's round sign.
 * @param {string} name
 */
function sign(name) {
  return name.slice(-1);
}

/** How a teacher is called; a name on the school's list may have its title already. @param {string} name */
function teacher(name) {
  const { common } = words();
  return common.titles.split(' ').some((title) => name.endsWith(title)) ? name : fill(common.teacher, { name });
}

module.exports = { dateOf, day, moment, sign, size, teacher };
