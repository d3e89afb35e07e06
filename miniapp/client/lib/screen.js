/* What every screen does alike: words, size of writing, and the three states of what it shows.

A page spreads `screen.data()` into its data, calls `screen.enter(this)` in onLoad and onShow, and wraps its
loading in `screen.load(this, act)`. Its template starts with <page-meta page-style="{{look}}"/>. */

const { words } = require('../i18n/index');
const { ApiError } = require('./http');
const { pulling } = require('./pulling');
const queue = require('./queue');
const session = require('./session');
const theme = require('./theme');

/** @typedef {{setData: (data: any) => void, data: any}} Screen */

/** phase: loading (skeleton), ready, failed (with a retry). */
function data() {
  return {
    look: theme.look(),
    t: words(),
    large: theme.textSize() === 'large',
    phase: /** @type {'loading' | 'ready' | 'failed'} */ ('loading'),
    problem: { title: '', hint: '', retry: true },
    offline: false,
  };
}

/**
 * At the beginning of every screen but the welcome; false: the person is on the way there.
 * @param {Screen} page
 */
function enter(page) {
  const look = theme.look();
  const t = words();
  if (page.data.look !== look || page.data.t.tabs.home !== t.tabs.home) {
    page.setData({ look, t, large: theme.textSize() === 'large' });
  }
  if (session.hasConsented()) return true;
  const { route, options } = /** @type {any} */ (page);
  const query = Object.entries(options || {}).map(([name, value]) => `${name}=${value}`).join('&');
  const next = encodeURIComponent(`/${route}${query ? '?' + query : ''}`);
  wx.reLaunch({ url: `/pages/welcome/index?next=${next}` });
  return false;
}

/**
 * Run `act`; what it returns is shown. A failure becomes the screen's failure, unless something is shown already
 * that may still be so; whoever tries again after one sees that something is being done. `missing` says what is not there, or not for this person.
 * @param {Screen} page @param {() => Promise<object>} act @param {{gone: string, goneHint: string}} [missing]
 */
async function load(page, act, missing = words().common) {
  if (page.data.phase === 'failed') page.setData({ phase: 'loading' });
  try {
    page.setData({ ...(await act()), phase: 'ready' });
  } catch (error) {
    const isGone = error instanceof ApiError && error.status === 404;
    if (page.data.phase === 'ready' && !isGone) page.setData({ offline: true });
    else page.setData({ phase: 'failed', problem: problemOf(error, missing) });
  }
}

/** @param {unknown} error @param {{gone: string, goneHint: string}} missing */
function problemOf(error, missing) {
  const { common } = words();
  if (!(error instanceof ApiError)) throw error;
  if (error.status === 404) return { title: missing.gone, hint: missing.goneHint, retry: false };
  if (error.status === 401) return { title: common.failed, hint: common.signedOut, retry: true };
  // Who asked too often, or whom WeChat does not let in, is told so: the network is not to blame.
  const isNamed = error.status === 429 || error.code === 'wechat';
  const hint = error.passing && !isNamed ? common.failedHint : error.message;
  return { title: common.failed, hint, retry: true };
}

/**
 * Of a page that is loaded anew whenever it comes to the front, or is pulled down; it has a `reload`.
 * @param {(t: ReturnType<typeof words>) => string} title
 */
function reloading(title) {
  return {
    /** @this {any} */
    onShow() {
      if (!enter(this)) return;
      wx.setNavigationBarTitle({ title: title(words()) });
      this.reload();
    },
    ...pulling,
  };
}

/** Of a page that hears, while it is there, what becomes of what was tapped; it has a `heard`. */
function listening() {
  return {
    stop: /** @type {() => void} */ (() => {}),

    /** @this {any} */
    onLoad() {
      this.stop = queue.listen((outcome) => this.heard(outcome));
    },

    /** @this {any} */
    onUnload() {
      this.stop();
    },
  };
}

module.exports = { data, enter, listening, load, reloading };
