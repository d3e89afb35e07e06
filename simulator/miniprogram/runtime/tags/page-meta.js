/* What a page says about its own root: style, and the size that rem stands for. */
const { host } = window.__tags;

Component({
  properties: { pageStyle: String, rootFontSize: String, backgroundColor: String, backgroundTextStyle: String, scrollTop: String, pageFontSize: String, rootBackgroundColor: String },
  observers: {
    'pageStyle, rootFontSize'() {
      this.apply();
    },
  },
  lifetimes: {
    attached() {
      this.apply();
    },
  },
  methods: {
    apply() {
      // The tag may not hang in its page yet.
      Promise.resolve().then(() => {
        const page = host(this).closest('wx-page');
        if (!page) return;
        page.dataset.meta = 'yes';
        for (const part of this.data.pageStyle.split(';')) {
          const [name, value] = part.split(':');
          if (value) page.style.setProperty(name.trim(), value.trim());
        }
      });
    },
  },
});
