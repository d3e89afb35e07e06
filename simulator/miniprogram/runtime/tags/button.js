/* A button; with open-type it brings up what WeChat would bring up. */
const { host } = window.__tags;

Component({
  properties: {
    type: String, size: String, plain: Boolean, disabled: Boolean, loading: Boolean, openType: String, hoverClass: String,
    lang: String, sessionFrom: String,
  },
  observers: {
    'type, size, disabled'(type, size, disabled) {
      const element = host(this);
      element.setAttribute('role', 'button');
      if (type) element.setAttribute('type', type);
      if (size) element.setAttribute('size', size);
      element.toggleAttribute('disabled', Boolean(disabled));
    },
  },
  lifetimes: {
    attached() {
      host(this).setAttribute('role', 'button');
      host(this).addEventListener('click', () => {
        if (this.data.disabled) return;
        if (this.data.openType) this.open(this.data.openType);
      });
    },
  },
  methods: {
    open(type) {
      const { given } = window.__mini;
      const refused = { errMsg: `${type}:fail user deny` };
      if (type === 'getPhoneNumber') this.triggerEvent('getphonenumber', given.getPhoneNumber || refused);
      if (type === 'agreePrivacyAuthorization') this.triggerEvent('agreeprivacyauthorization', {});
      if (type === 'share') {
        const page = window.__tags.page().instance;
        window.__mini.shared = page.onShareAppMessage && page.onShareAppMessage({ from: 'button', target: { dataset: host(this).__wxElement.dataset } });
      }
    },
  },
});
