/* A form: its fields' values at submit. */
const { host } = window.__tags;
const FIELDS = 'wx-input, wx-textarea, wx-switch, wx-radio-group, wx-checkbox-group, wx-picker, wx-slider';

Component({
  properties: { reportSubmit: Boolean },
  lifetimes: {
    attached() {
      host(this).__form = {
        submit: () => {
          const value = {};
          for (const element of host(this).querySelectorAll(FIELDS)) {
            const field = element.__wxElement;
            if (field && field.data.name) value[field.data.name] = field.data.value;
          }
          this.triggerEvent('submit', { value });
        },
        reset: () => this.triggerEvent('reset', {}),
      };
    },
  },
});
