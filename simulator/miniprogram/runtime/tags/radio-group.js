/* One of several. */
const { host } = window.__tags;

Component({
  behaviors: ['wx://form-field'],
  properties: { name: String, value: null },
  lifetimes: {
    attached() {
      host(this).__chosen = (choice) => {
        for (const one of host(this).querySelectorAll('wx-radio')) one.__choice.set(one.__choice === choice);
        this.data.value = choice.value();
        this.triggerEvent('change', { value: choice.value() });
      };
    },
  },
});
