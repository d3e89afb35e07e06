/* Pages side by side, moved by a finger or by `current`. */
const { host } = window.__tags;

Component({
  properties: {
    current: { type: Number, value: 0 }, indicatorDots: Boolean, indicatorColor: String, indicatorActiveColor: String, autoplay: Boolean,
    interval: Number, duration: Number, circular: Boolean, vertical: Boolean, previousMargin: String, nextMargin: String,
    displayMultipleItems: Number, snapToEdge: Boolean, easingFunction: String,
  },
  observers: {
    current(index) {
      if (this.ready) this.show(index, '');
    },
  },
  lifetimes: {
    attached() {
      const element = host(this);
      element.classList.add('mp-swiper');
      this.ready = true;
      requestAnimationFrame(() => this.show(this.data.current, ''));
      element.addEventListener('scrollend', () => {
        const index = Math.round(element.scrollLeft / (element.clientWidth || 1));
        if (index !== this.shown) {
          this.shown = index;
          this.triggerEvent('change', { current: index, source: 'touch' });
        }
      });
    },
  },
  methods: {
    show(index, source) {
      const element = host(this);
      element.scrollTo({ left: index * element.clientWidth, behavior: 'instant' });
      if (this.shown !== undefined && this.shown !== index) this.triggerEvent('change', { current: index, source });
      this.shown = index;
    },
  },
});
