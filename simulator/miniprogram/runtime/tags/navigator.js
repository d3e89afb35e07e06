/* A link to another page of the mini-program. */
const { host, page } = window.__tags;
const CALLS = { navigate: 'navigateTo', redirect: 'redirectTo', switchTab: 'switchTab', reLaunch: 'reLaunch', navigateBack: 'navigateBack' };

Component({
  properties: { url: String, openType: { type: String, value: 'navigate' }, hoverClass: String, delta: Number },
  lifetimes: {
    attached() {
      host(this).addEventListener('click', () => {
        const address = new URL(this.data.url, 'http://x/' + page().path);
        wx[CALLS[this.data.openType]]({ url: address.pathname + address.search });
      });
    },
  },
});
