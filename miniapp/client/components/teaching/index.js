/* The teacher's part of home: where I am, write one, what I wrote and how far it got. */

const drafts = require('../../lib/drafts');
const queue = require('../../lib/queue');
const teaching = require('../../lib/teaching');
const { words } = require('../../i18n/index');
const { ApiError } = require('../../lib/http');
const { draftRow, ownRow } = require('../../lib/teach-rows');

const SHORT = 1;
const SETTERS = ['head_teacher', 'subject_teacher']; // who sets homework

Component({
  properties: {
    teaching: { type: Object, value: /** @type {any} */ (null) },
    places: { type: Array, value: /** @type {Api.Home['places']} */ ([]) },
    acting: String,
    short: Boolean, // there is more on the screen than this
    loaded: Number, // when the server was asked last
  },
  data: {
    t: words().teach,
    homework: '',
    weekend: '',
    activities: '',
    circle: '',
    setsHomework: false,
    drafts: /** @type {ReturnType<typeof draftRow>[]} */ ([]),
    rows: /** @type {ReturnType<typeof ownRow>[]} */ ([]),
    switching: '',
  },
  observers: {
    'teaching, places, acting'() {
      this.draw();
    },
    loaded() {
      this.look();
    },
  },
  methods: {
    draw() {
      const mine = /** @type {Api.Teaching | null} */ (/** @type {any} */ (this.data.teaching));
      /** @type {Map<string, Api.Reached>} */
      const reached = /** @type {any} */ (this).reached || new Map();
      this.setData({
        t: words().teach,
        homework: words().own.list,
        weekend: words().tasks.list,
        activities: words().activity.own,
        circle: words().circle.staffEntry,
        setsHomework: this.data.places.some(({ id, roles }) => id === this.data.acting && roles.some((role) => SETTERS.includes(role))),
        drafts: drafts.listed().map(draftRow),
        rows: mine ? mine.newest.slice(0, this.data.short ? SHORT : undefined).map((row) => ownRow(row, reached.get(row.id))) : [],
      });
    },

    /** How far they got comes after the list: it is more work for the server than the rest of the screen. */
    async look() {
      const mine = /** @type {Api.Teaching | null} */ (/** @type {any} */ (this.data.teaching));
      const ids = mine ? mine.newest.filter(({ state }) => state === 'published').map(({ id }) => id) : [];
      if (!ids.length) return;
      try {
        const { data } = await teaching.getReached(ids);
        /** @type {any} */ (this).reached = new Map(data.items.map((one) => [one.id, one]));
        this.draw();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // The list stands without its bars; the screen says that there is no network.
      }
    },

    write() {
      wx.navigateTo({ url: '/pages/publish/index' });
    },

    openHomework() {
      wx.navigateTo({ url: '/homework/mine/index' });
    },

    openWeekend() {
      wx.navigateTo({ url: '/weekend/own/index' });
    },

    openCircle() {
      wx.navigateTo({ url: '/circle/feed/index' });
    },

    openActivities() {
      wx.navigateTo({ url: '/activities/own/index' });
    },

    openAll() {
      wx.navigateTo({ url: '/pages/teach/index' });
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    openDraft(event) {
      const { key, state } = event.currentTarget.dataset;
      if (state !== 'sending') wx.navigateTo({ url: `/pages/publish/index?draft=${key}` });
    },

    /** One tap. What still waits was meant for the place it was written at. @param {WechatMiniprogram.TouchEvent} event */
    async switchTo(event) {
      const { id } = event.currentTarget.dataset;
      const { t, acting, switching } = this.data;
      if (id === acting || switching) return;
      this.setData({ switching: id });
      try {
        await queue.flush();
        if (queue.size()) {
          wx.showToast({ title: t.cannotSwitch, icon: 'none' });
          return;
        }
        await teaching.actAt(id);
        this.triggerEvent('switched', { id });
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        wx.showToast({ title: t.switchFailed, icon: 'none' });
      } finally {
        this.setData({ switching: '' });
      }
    },
  },
});
