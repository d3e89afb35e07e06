/* The page stack: opening, closing, showing, and what a page hears on the way. */

import { giveNodes } from './backend.js';
import { register } from './modules.js';

const app = window.__app;
const DEEPEST = 10; // as in WeChat

export class Stack {
  constructor(backend, frame) {
    this.backend = backend;
    this.frame = frame;
    this.pages = [];
  }

  instances() {
    return this.pages.map((page) => page.instance);
  }

  get top() {
    return this.pages[this.pages.length - 1];
  }

  /** Open an address: how is push, replace, reset or tab. */
  open(url, how) {
    const { path, query } = this.parse(url);
    if (!app.pages.includes(path)) throw new Error(`page "${path}" is not found`);
    const isTab = this.frame.tabs().includes(path);
    if (how === 'tab' && !isTab) throw new Error('can not switch to no-tabBar page');
    if (isTab && (how === 'push' || how === 'replace')) throw new Error(`can not ${how} a tabbar page`);
    if (how === 'push' && this.pages.length >= DEEPEST) throw new Error(`webview count limit exceed, max is ${DEEPEST}`);
    if (how === 'tab' && this.top && this.top.path === path) return;
    if (how === 'push' && this.top) this.tell(this.top, 'onHide');
    if (how === 'replace') this.close();
    if (how === 'reset' || how === 'tab') while (this.pages.length) this.close();
    const page = this.make(path, query);
    this.pages.push(page);
    this.arrange();
    this.tell(page, 'onLoad', query);
    this.tell(page, 'onShow');
    requestAnimationFrame(() => this.tell(page, 'onReady'));
  }

  back(delta = 1) {
    for (let closed = 0; closed < delta && this.pages.length > 1; closed++) this.close();
    this.arrange();
    this.tell(this.top, 'onShow');
  }

  close() {
    const page = this.pages.pop();
    this.tell(page, 'onUnload');
    // An answer may still come to a page that is gone: in WeChat nothing happens then.
    page.instance.setData = () => {};
    page.root.release();
    page.view.remove();
  }

  arrange() {
    for (const page of this.pages) page.view.hidden = page !== this.top;
    this.frame.dress(this.top, this.pages.length > 1);
  }

  make(path, query) {
    const { space, screen } = this.backend;
    register(space, path);
    const root = screen.createRoot('page', space, path);
    const host = document.createElement('div');
    const mark = document.createElement('span');
    host.append(mark);
    document.body.append(host);
    root.attach(host, mark);
    const element = root.getComponent().getBackendElement();
    const instance = root.get();
    giveNodes(instance.createSelectorQuery());
    Object.assign(instance, { route: path, options: query });
    // What is fixed on a page is fixed to its window, which ends at WeChat's own bars.
    const view = document.createElement('div');
    view.className = 'mp-window';
    view.dataset.path = path;
    view.append(element);
    document.body.append(view);
    host.remove();
    const page = { path, root, element, view, instance };
    element.addEventListener('scroll', () => this.scrolled(page));
    return page;
  }

  scrolled({ element, instance }) {
    if (instance.onPageScroll) instance.onPageScroll({ scrollTop: element.scrollTop });
    const left = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (instance.onReachBottom && left < 50) instance.onReachBottom();
  }

  tell(page, name, ...values) {
    if (page && page.instance[name]) page.instance[name](...values);
  }

  parse(url) {
    const address = new URL(url, 'http://x/' + (this.top ? this.top.path : ''));
    return { path: address.pathname.slice(1), query: Object.fromEntries(address.searchParams) };
  }
}
