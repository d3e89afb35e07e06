/* On or off. */
const { host } = window.__tags;

Component({
  behaviors: ['wx://form-field'],
  properties: { checked: Boolean, disabled: Boolean, name: String, value: null, type: String, color: String },
  observers: {
    checked(on) {
      this.data.value = on;
      host(this).setAttribute('aria-checked', String(on));
    },
    color(color) {
      host(this).style.setProperty('--mp-on', color || '#07c160');
    },
  },
  lifetimes: {
    attached() {
      const element = host(this);
      element.setAttribute('role', 'switch');
      element.setAttribute('aria-checked', String(this.data.checked));
      element.addEventListener('click', () => {
        if (this.data.disabled) return;
        const on = !this.data.value;
        this.data.value = on;
        element.setAttribute('aria-checked', String(on));
        this.triggerEvent('change', { value: on });
      });
    },
  },
});
