/* Starting the mini-program. What the test looks at afterwards hangs on window.__mini. */

import { startBackend } from './backend.js';
import { Frame } from './frame.js';
import { appInstance, defineGlobals, load, register } from './modules.js';
import { Stack } from './stack.js';
import { whereIs } from './wx/files.js';
import { installWx } from './wx/index.js';

const app = window.__app;
const mini = (window.__mini = Object.assign({ hosts: {}, calls: [], errors: [], warnings: [], given: {} }, window.__mini));
// Inside a drawn phone the status bar is the phone's own.
if (mini.within) document.documentElement.classList.add('mp-within');
const report = (error) => {
  mini.errors.push(String((error && (error.stack || error.errMsg)) || error));
  console.error(error);
};

addEventListener('unhandledrejection', (event) => report(event.reason));
addEventListener('error', (event) => report(event.error || event.message));

const warn = (message) => mini.warnings.push(String(message));
const backend = startBackend(report, warn);
const frame = new Frame({ back: () => wx.navigateBack(), tab: (path) => wx.switchTab({ url: '/' + path }) });
const stack = new Stack(backend, frame);
installWx({ app, mini, frame, stack, report, appInstance });
defineGlobals(stack);

/** What the built-in tags need to know of the page around them. */
window.__tags = {
  // A component of a page that is gone may still be drawn by an answer that comes late: on nothing, as in WeChat.
  host: (component) => (component._$ || component).getBackendElement() || document.createElement('wx-gone'),
  picture: (source) => (source.startsWith('/') ? source.slice(1) : whereIs(source)),
  page: () => stack.top,
};

for (const [address, sheet] of Object.entries(app.sheets)) backend.screen.registerStyleSheetContent(address, sheet);
backend.space.addStyleSheet('app', 'app', undefined);
if (!app.sheets.app) backend.screen.registerStyleSheetContent('app', '');
register(backend.space, '__tags/view');

load('app.js');
const [path, search] = (location.hash.slice(1).replace(/^\//, '') || app.pages[0]).split('?');
const start = { path, query: Object.fromEntries(new URLSearchParams(search)), scene: 1001 };
if (appInstance().onLaunch) appInstance().onLaunch(start);
if (appInstance().onShow) appInstance().onShow(start);
stack.open(`/${path}${search ? '?' + search : ''}`, 'reset');
document.addEventListener('visibilitychange', () => {
  const heard = appInstance()[document.hidden ? 'onHide' : 'onShow'];
  if (heard) heard.call(appInstance(), start);
});
mini.ready = true;
