/* A view that scrolls, with the refresher that comes down under a finger. */
const { host } = window.__tags;
const NEAR_PIXELS = 50; // WeChat's lower-threshold and upper-threshold unless told otherwise

Component({
  properties: {
    scrollX: Boolean, scrollY: Boolean, scrollTop: null, scrollLeft: null, scrollIntoView: String, scrollWithAnimation: Boolean,
    upperThreshold: null, lowerThreshold: null, enhanced: Boolean, bounces: Boolean, showScrollbar: Boolean, enableFlex: Boolean,
    pagingEnabled: Boolean, fastDeceleration: Boolean, enableBackToTop: Boolean, enablePassive: Boolean, scrollAnchoring: Boolean,
    refresherEnabled: Boolean, refresherThreshold: { type: Number, value: 45 }, refresherDefaultStyle: String,
    refresherBackground: String, refresherTriggered: Boolean, type: String, usingSticky: Boolean,
  },
  observers: {
    'scrollX, scrollY'(x, y) {
      const { style } = host(this);
      style.overflowX = x ? 'auto' : 'hidden';
      style.overflowY = y ? 'auto' : 'hidden';
    },
    scrollTop(top) {
      if (top !== null && this.ready) host(this).scrollTop = parseFloat(top) || 0;
    },
    scrollIntoView(id) {
      if (id && this.ready) requestAnimationFrame(() => host(this).querySelector('#' + CSS.escape(id))?.scrollIntoView({ inline: 'center', block: 'start' }));
    },
    refresherTriggered(on) {
      if (this.ready) this.showRefresher(on ? this.data.refresherThreshold : 0);
      if (this.ready && !on) this.triggerEvent('refresherrestore', {});
    },
  },
  lifetimes: {
    attached() {
      this.ready = true;
      const element = host(this);
      element.addEventListener('scroll', () => this.scrolled(element));
      if (this.data.refresherEnabled) this.listen(element);
    },
  },
  methods: {
    scrolled(element) {
      const { scrollTop, scrollLeft, scrollHeight, scrollWidth, clientHeight } = element;
      this.triggerEvent('scroll', { scrollTop, scrollLeft, scrollHeight, scrollWidth });
      const low = scrollHeight - scrollTop - clientHeight < (parseFloat(this.data.lowerThreshold) || NEAR_PIXELS);
      // Once for each time the end comes near; a list that has grown has a new end.
      if (low && (!this.low || this.height !== scrollHeight)) this.triggerEvent('scrolltolower', { direction: 'bottom' });
      Object.assign(this, { low, height: scrollHeight });
    },
    listen(element) {
      let from = null;
      let pulled = 0;
      element.addEventListener('touchstart', (event) => {
        from = element.scrollTop <= 0 ? event.touches[0].clientY : null;
        pulled = 0;
      }, { passive: true });
      element.addEventListener('touchmove', (event) => {
        if (from === null) return;
        pulled = (event.touches[0].clientY - from) / 2;
        if (pulled > 0) {
          event.preventDefault();
          this.showRefresher(pulled);
          this.triggerEvent('refresherpulling', { dy: pulled });
        }
      }, { passive: false });
      element.addEventListener('touchend', () => {
        if (from === null) return;
        from = null;
        if (pulled < this.data.refresherThreshold) this.showRefresher(0);
        else this.triggerEvent('refresherrefresh', {});
      });
    },
    showRefresher(height) {
      const element = host(this);
      if (!this.refresher) {
        this.refresher = document.createElement('div');
        this.refresher.className = 'mp-refresher';
        this.refresher.innerHTML = '<i></i><i></i><i></i>';
      }
      if (this.refresher.parentNode !== element) element.prepend(this.refresher);
      this.refresher.style.height = `${height}px`;
    },
  },
});
