/* One notice in a list (what lib/rows.js makes of the server's row). */

Component({
  properties: {
    row: { type: Object, value: /** @type {any} */ ({}) },
    child: Boolean, // whether to say which child it is about
  },
  methods: {
    open() {
      const { id, kind } = this.data.row;
      const page = kind === 'homework' ? '/homework/task/index' : '/pages/notice/index';
      wx.navigateTo({ url: `${page}?id=${encodeURIComponent(id)}` });
    },
  },
});
