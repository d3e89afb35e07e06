/* Days without a time, as the server writes them (2026-11-27), and what people call them. */

const { fill, words } = require('../../i18n/index');

const DAY_MS = 24 * 60 * 60 * 1000;

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/** @param {Date} time */
const text = (time) => `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;

const today = () => text(new Date());

/** @param {string} day @param {number} days */
function plus(day, days) {
  const [year, month, date] = day.split('-').map(Number);
  return text(new Date(year, month - 1, date + days));
}

/** How many days `day` lies ahead. @param {string} day */
function ahead(day) {
  return Math.round((Date.parse(day) - Date.parse(today())) / DAY_MS);
}

/** 周三. @param {string} day */
function weekday(day) {
  return words().evening.week.split(' ')[new Date(`${day}T12:00:00`).getDay()];
}

/** 今天, 昨天, 明天, or 周三. @param {string} day */
function name(day) {
  const t = words().evening;
  const near = { '-1': t.yesterday, 0: t.today, 1: t.tomorrow };
  return near[/** @type {-1 | 0 | 1} */ (ahead(day))] || weekday(day);
}

/** 11月27日 周五. @param {string} day */
function full(day) {
  const [, month, date] = day.split('-').map(Number);
  return fill(words().evening.date, { month, date, week: weekday(day) });
}

/** The Monday of a day's week. @param {string} day */
function monday(day) {
  return plus(day, -((new Date(`${day}T12:00:00`).getDay() + 6) % 7));
}

/** 11月27日. @param {string} day */
function short(day) {
  const [, month, date] = day.split('-').map(Number);
  return fill(words().week.date, { month, date });
}

module.exports = { full, monday, name, plus, short, today, weekday };
