/* The first screen a person sees: what this is, what we need their consent for, and one button. */

const api = require('../../lib/api');
const screen = require('../../lib/screen');
const session = require('../../lib/session');
const { ApiError } = require('../../lib/http');

const HOME = '/pages/home/index';
const TABS = [HOME, '/pages/notices/index', '/pages/me/index'];

Page({
  data: { ...screen.data(), problem: '', busy: false, next: HOME },

  /** @param {{next?: string}} query where the person was going, percent-encoded */
  onLoad({ next }) {
    if (next) this.setData({ next: decodeURIComponent(next) });
  },

  readContract() {
    wx.openPrivacyContract({});
  },

  start() {
    if (this.data.busy) return;
    this.setData({ busy: true, problem: '' });
    wx.requirePrivacyAuthorize({
      success: () => this.signIn(),
      fail: () => this.setData({ busy: false, problem: this.data.t.welcome.refused }),
    });
  },

  async signIn() {
    try {
      session.noteConsent();
      const { data } = await api.getHome();
      this.goOn(data);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const { common, welcome } = this.data.t;
      this.setData({ busy: false, problem: error.passing ? common.failedHint : welcome.failed });
    }
  },

  /** A person who is nobody's guardian and no teacher yet binds a child first. @param {Api.Home} home */
  goOn(home) {
    const { next } = this.data;
    const stranger = home.children.length === 0 && home.teaching === null;
    const url = stranger && TABS.includes(next.split('?')[0]) ? '/pages/bind/index' : next;
    wx.reLaunch({ url });
  },
});
