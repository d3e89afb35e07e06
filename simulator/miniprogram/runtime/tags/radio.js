/* One choice of its group. */
const { host } = window.__tags;

Component({
  properties: { value: String, checked: Boolean, disabled: Boolean, color: String },
  observers: {
    checked(on) {
      this.set(on);
    },
  },
  lifetimes: {
    attached() {
      const element = host(this);
      element.setAttribute('role', 'radio');
      element.__choice = { value: () => this.data.value, is: () => this.on, set: (on) => this.set(on) };
      this.set(this.data.checked);
      (element.closest('wx-label') || element).addEventListener('click', () => {
        if (this.data.disabled) return;
        const group = element.closest('wx-radio-group');
        if (group) group.__chosen(element.__choice);
      });
    },
  },
  methods: {
    set(on) {
      this.on = Boolean(on);
      host(this).setAttribute('aria-checked', String(this.on));
    },
  },
});
