/* For whom: the whole class, or some pupils of it (分层作业). Groups are remembered on this phone, by their name. */

const homework = require('../../lib/api');
const { fill, words } = require('../../../i18n/index');
const { ApiError } = require('../../../lib/http');

const STORED = 'groups';
const MOST = 6; // of a class

/** @typedef {{name: string, ids: string[]}} Group */

/** @param {string} cls @returns {Group[]} */
function groupsOf(cls) {
  return (wx.getStorageSync(STORED) || {})[cls] || [];
}

/** The newest first; one of the same name goes. @param {string} cls @param {Group} group */
function remember(cls, group) {
  const others = groupsOf(cls).filter(({ name }) => name !== group.name);
  wx.setStorageSync(STORED, { ...(wx.getStorageSync(STORED) || {}), [cls]: [group, ...others].slice(0, MOST) });
}

Component({
  properties: {
    cls: { type: String, value: '' },
    chosen: { type: Array, value: /** @type {string[]} */ ([]) },
    name: { type: String, value: '' },
    fixed: { type: Boolean, value: false }, // set already: whom it is for stays
  },
  data: {
    t: words().group,
    says: '',
    open: false,
    failed: false,
    pupils: /** @type {{id: string, name: string, on: boolean}[]} */ ([]),
    groups: /** @type {Group[]} */ ([]),
    typed: '',
    count: 0,
    wrong: '',
  },
  observers: {
    'chosen, name'(/** @type {string[]} */ chosen, /** @type {string} */ name) {
      const t = words().group;
      this.setData({ t, says: chosen.length ? [name, fill(t.some, { n: chosen.length })].filter(Boolean).join(' · ') : t.all });
    },
  },
  methods: {
    async openSheet() {
      if (this.data.fixed) return;
      const { cls, chosen, name } = this.data;
      this.setData({ open: true, failed: false, typed: name, wrong: '', groups: groupsOf(cls) });
      try {
        const { data } = await homework.getPupils(cls);
        this.draw(data.pupils.map((one) => ({ ...one, on: chosen.includes(one.id) })));
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        this.setData({ failed: true });
      }
    },

    close() {
      this.setData({ open: false });
    },

    /** @param {{id: string, name: string, on: boolean}[]} pupils */
    draw(pupils) {
      this.setData({ pupils, count: pupils.filter(({ on }) => on).length, wrong: '' });
    },

    /** @param {WechatMiniprogram.TouchEvent} event */
    toggle(event) {
      const { id } = event.currentTarget.dataset;
      this.draw(this.data.pupils.map((one) => (one.id === id ? { ...one, on: !one.on } : one)));
    },

    /** Whoever has left the class is not in it any more. @param {WechatMiniprogram.TouchEvent} event */
    useGroup(event) {
      const { name, ids } = this.data.groups[event.currentTarget.dataset.index];
      this.setData({ typed: name });
      this.draw(this.data.pupils.map((one) => ({ ...one, on: ids.includes(one.id) })));
    },

    /** @param {WechatMiniprogram.Input} event */
    type(event) {
      this.setData({ typed: event.detail.value });
    },

    take() {
      const { cls, pupils, typed, t } = this.data;
      const ids = pupils.filter(({ on }) => on).map(({ id }) => id);
      if (!ids.length) {
        this.setData({ wrong: t.nobody });
        return;
      }
      const name = typed.trim();
      if (name) remember(cls, { name, ids });
      this.tell(ids, name);
    },

    takeAll() {
      this.tell([], '');
    },

    /** @param {string[]} ids @param {string} group */
    tell(ids, group) {
      this.setData({ open: false });
      this.triggerEvent('change', { student_ids: ids, group });
    },
  },
});
