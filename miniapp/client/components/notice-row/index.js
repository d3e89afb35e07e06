/* One notice in a list (what lib/rows.js makes of the server's row). */

/** Where what a notice tells of is looked at, by its kind. @type {Record<string, string>} */
const PAGES = { homework: '/homework/task/index', tasklist: '/weekend/mine/index', activity: '/activities/answer/index' };

Component({
  properties: {
    row: { type: Object, value: /** @type {any} */ ({}) },
    child: Boolean, // whether to say which child it is about
  },
  methods: {
    open() {
      const { id, kind, child_id: child } = this.data.row;
      const page = PAGES[kind] || '/pages/notice/index';
      wx.navigateTo({ url: `${page}?id=${encodeURIComponent(id)}&child=${encodeURIComponent(child)}` });
    },
  },
});
