/* The shape of what is coming, while it is on its way: cards with lines. */

Component({
  properties: { cards: { type: Number, value: 3 } },
  observers: {
    cards(count) {
      this.setData({ list: Array.from({ length: count }, (_, index) => index) });
    },
  },
  data: {
    list: /** @type {number[]} */ ([]),
    lines: [{ width: '60%', height: '36rpx' }, { width: '100%', height: '28rpx' }, { width: '40%', height: '24rpx' }],
  },
});
