/* A wheel to choose from, drawn as a list: one tap chooses. Modes: selector, date, time. */
const { host } = window.__tags;

Component({
  properties: {
    mode: { type: String, value: 'selector' }, range: { type: Array, value: [] }, rangeKey: String, value: null, name: String,
    start: String, end: String, fields: String, disabled: Boolean, headerText: String,
  },
  lifetimes: {
    attached() {
      host(this).addEventListener('click', () => {
        if (this.data.disabled) return;
        if (this.data.mode === 'selector') this.choose();
        else this.enter();
      });
    },
  },
  methods: {
    choose() {
      const { range, rangeKey } = this.data;
      const itemList = range.map((one) => String(rangeKey ? one[rangeKey] : one));
      wx.showActionSheet({
        itemList,
        success: ({ tapIndex }) => this.say(tapIndex),
        fail: () => this.triggerEvent('cancel', {}),
      });
    },
    enter() {
      const field = document.createElement('input');
      field.type = this.data.mode;
      Object.assign(field, { value: this.data.value || '', min: this.data.start, max: this.data.end });
      field.className = 'mp-picker';
      field.setAttribute('aria-label', this.data.headerText || this.data.mode);
      field.onchange = () => {
        this.say(field.value);
        field.remove();
      };
      document.body.append(field);
      field.focus();
    },
    say(value) {
      this.data.value = value;
      this.triggerEvent('change', { value });
    },
  },
});
