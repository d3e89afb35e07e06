/* One notice of one's own in a list (what lib/teach-rows.js makes of the server's row): a tap leads to its receipts. */

Component({
  properties: { row: { type: Object, value: /** @type {any} */ ({}) } },
  methods: {
    open() {
      wx.navigateTo({ url: `/pages/receipts/index?id=${encodeURIComponent(this.data.row.id)}` });
    },
  },
});
