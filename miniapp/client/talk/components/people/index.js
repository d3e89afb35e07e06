/* Whom to call by name (@), from below; who leads the group may call everybody. */

const talk = require('../../lib/api');
const { words } = require('../../../i18n/index');
const { ApiError } = require('../../../lib/http');

const MANY = 12; // from here on somebody is looked for by name

Component({
  properties: {
    visible: Boolean,
    thread: { type: String, value: '' },
  },
  data: {
    t: words(),
    failed: false,
    all: false,
    many: false,
    wanted: '',
    people: /** @type {Api.Somebody[]} */ ([]),
    shown: /** @type {Api.Somebody[]} */ ([]),
  },
  observers: {
    visible(visible) {
      if (visible) this.load();
    },
  },
  methods: {
    async load() {
      this.setData({ t: words(), failed: false, wanted: '' });
      try {
        const { data } = await talk.getPeople(this.data.thread);
        this.setData({ people: data.items, shown: data.items, all: data.may_call_all, many: data.items.length > MANY });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.setData({ failed: true });
      }
    },

    /** @param {WechatMiniprogram.Input} event */
    typed(event) {
      const wanted = event.detail.value.trim();
      this.setData({ wanted, shown: this.data.people.filter(({ name }) => name.includes(wanted)) });
    },

    close() {
      this.triggerEvent('close');
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    choose(event) {
      const { who = '', name = '' } = event.currentTarget.dataset;
      this.triggerEvent('choose', { who, name });
    },
  },
});
