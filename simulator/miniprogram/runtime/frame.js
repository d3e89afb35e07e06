/* What WeChat draws around a page: status bar, title, capsule, tab bar, toast, and its own dialogs. */

import { BAR_HEIGHT, STATUS_HEIGHT, theme } from './look.js';

const app = window.__app;

/** A value of app.json; @name is looked up in theme.json. */
function themed(value) {
  if (typeof value !== 'string' || !value.startsWith('@')) return value;
  return (app.theme[theme()] || {})[value.slice(1)];
}

function element(tag, name, text = '') {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

export class Frame {
  constructor(actions) {
    this.actions = actions; // {back(), tab(path)}
    this.status = element('div', 'mp-status', '9:41');
    this.bar = element('div', 'mp-bar');
    this.capsule = element('div', 'mp-capsule');
    this.tabBar = element('div', 'mp-tabs');
    this.toastBox = null;
    this.badges = {};
    document.body.append(this.status, this.bar, this.capsule, this.tabBar);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.page && this.dress(this.page, this.deep));
  }

  tabs() {
    return ((app.config.tabBar || {}).list || []).map((tab) => tab.pagePath);
  }

  /** Title, colours and tabs for the page on top. */
  dress(page, deep) {
    Object.assign(this, { page, deep });
    const window_ = { ...app.config.window, ...app.pageConfigs[page.path] };
    const custom = window_.navigationStyle === 'custom';
    const title = page.title ?? window_.navigationBarTitleText ?? '';
    const dark = (themed(window_.navigationBarTextStyle) || 'white') === 'black';
    document.title = title;
    document.body.dataset.page = page.path;
    this.status.style.color = this.bar.style.color = dark ? '#000' : '#fff';
    this.bar.hidden = custom;
    this.bar.style.background = this.status.style.background = custom ? 'none' : themed(window_.navigationBarBackgroundColor) || '#000';
    this.bar.replaceChildren(title);
    if (deep && !custom) this.bar.prepend(this.backButton());
    page.view.style.top = custom ? '0' : `${STATUS_HEIGHT + BAR_HEIGHT}px`;
    document.body.style.background = themed(window_.backgroundColor) || '';
    this.dressTabs(page);
    page.view.style.setProperty('--mp-vh', `${page.view.clientHeight / 100}px`);
  }

  backButton() {
    const button = element('button', 'mp-back', '‹');
    button.setAttribute('aria-label', '返回');
    button.onclick = () => this.actions.back();
    return button;
  }

  dressTabs(page) {
    const bar = app.config.tabBar;
    const shown = this.tabs().includes(page.path);
    this.tabBar.hidden = !shown;
    page.view.style.bottom = shown ? 'var(--mp-tabs)' : '0';
    if (!shown) return;
    this.tabBar.style.background = themed(bar.backgroundColor);
    this.tabBar.replaceChildren(...bar.list.map((tab, index) => {
      const chosen = tab.pagePath === page.path;
      const button = element('button', 'mp-tab');
      const picture = document.createElement('img');
      picture.src = themed(chosen ? tab.selectedIconPath : tab.iconPath);
      picture.alt = '';
      button.append(picture, (this.words && this.words[index]) || tab.text);
      button.style.color = themed(chosen ? bar.selectedColor : bar.color);
      button.setAttribute('aria-selected', String(chosen));
      button.onclick = () => this.actions.tab(tab.pagePath);
      if (this.badges[index]) button.append(element('b', 'mp-badge', this.badges[index]));
      return button;
    }));
  }

  badge(index, text) {
    this.badges[index] = text;
    this.dressTabs(this.page);
  }

  tabWord(index, text) {
    this.words = { ...this.words, [index]: text };
    this.dressTabs(this.page);
  }

  title(text) {
    this.page.title = text;
    this.dress(this.page, this.deep);
  }

  toast(text, sign = '', milliseconds = 1500) {
    if (this.toastBox) this.toastBox.remove();
    this.toastBox = null;
    if (text === undefined) return;
    const box = (this.toastBox = element('div', 'mp-toast'));
    box.setAttribute('role', 'status');
    if (sign) box.append(element('i', '', sign));
    box.append(text);
    document.body.append(box);
    if (milliseconds) setTimeout(() => box.remove(), milliseconds);
  }

  /** A question in the middle of the screen; resolves with the index of the answer. */
  ask({ title, content, answers, name = 'mp-modal' }) {
    return new Promise((resolve) => {
      const mask = element('div', 'mp-mask');
      const box = element('div', name);
      box.setAttribute('role', 'dialog');
      if (title) box.append(element('h3', '', title));
      if (content) box.append(element('p', '', content));
      const row = element('div', 'mp-answers');
      answers.forEach((answer, index) => {
        const button = element('button', '', answer);
        // The tap that brought the dialog up ends in a click where the finger is: it is no answer.
        let pressed = false;
        button.onpointerdown = () => {
          pressed = true;
        };
        button.onclick = () => {
          if (!pressed) return;
          mask.remove();
          resolve(index);
        };
        row.append(button);
      });
      box.append(row);
      mask.append(box);
      document.body.append(mask);
    });
  }
}
