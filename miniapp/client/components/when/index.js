/* A moment to choose, or none: a day and a time by WeChat's own wheels. */

const { words } = require('../../i18n/index');
const { moment } = require('../../lib/format');

const HORIZON_DAYS = 90; // what the server takes
const USUAL_CLOCK = '18:00';

/** @param {number} number */
const two = (number) => String(number).padStart(2, '0');

/** @param {Date} day */
const dateText = (day) => `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;

Component({
  properties: {
    label: String,
    none: String, // what is said where nothing is chosen
    value: String, // as the server writes moments; empty: none
  },
  data: { t: words().publish, text: '', date: '', clock: '', first: '', last: '' },
  observers: {
    value(/** @type {string} */ value) {
      const now = new Date();
      const chosen = value ? new Date(value) : null;
      this.setData({
        t: words().publish,
        text: chosen ? moment(value) : '',
        date: chosen ? dateText(chosen) : '',
        clock: chosen ? `${two(chosen.getHours())}:${two(chosen.getMinutes())}` : '',
        first: dateText(now),
        last: dateText(new Date(now.getFullYear(), now.getMonth(), now.getDate() + HORIZON_DAYS)),
      });
    },
  },
  methods: {
    /** @param {WechatMiniprogram.PickerChange} event */
    chooseDate(event) {
      this.choose(String(event.detail.value), this.data.clock || USUAL_CLOCK);
    },

    /** @param {WechatMiniprogram.PickerChange} event */
    chooseClock(event) {
      this.choose(this.data.date || this.data.first, String(event.detail.value));
    },

    /** @param {string} date @param {string} clock */
    choose(date, clock) {
      const [year, month, day] = date.split('-').map(Number);
      const [hour, minute] = clock.split(':').map(Number);
      this.triggerEvent('change', { value: new Date(year, month - 1, day, hour, minute).toISOString() });
    },

    clear() {
      this.triggerEvent('change', { value: '' });
    },
  },
});
