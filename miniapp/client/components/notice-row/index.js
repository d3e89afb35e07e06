/* One notice in a list (what lib/rows.js makes of the server's row). */

Component({
  properties: {
    row: { type: Object, value: /** @type {any} */ ({}) },
    child: Boolean, // whether to say which child it is about
  },
  methods: {
    open() {
      wx.navigateTo({ url: `/pages/notice/index?id=${encodeURIComponent(this.data.row.id)}` });
    },
  },
});
