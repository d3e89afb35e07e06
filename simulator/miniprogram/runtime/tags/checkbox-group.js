/* Any of several. */
const { host } = window.__tags;

Component({
  behaviors: ['wx://form-field'],
  properties: { name: String, value: null },
  lifetimes: {
    attached() {
      host(this).__chosen = (choice) => {
        choice.set(!choice.is());
        const value = Array.from(host(this).querySelectorAll('wx-checkbox'))
          .map((one) => one.__choice)
          .filter((one) => one.is())
          .map((one) => one.value());
        this.data.value = value;
        this.triggerEvent('change', { value });
      };
    },
  },
});
