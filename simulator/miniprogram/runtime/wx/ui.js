/* Toasts, dialogs, titles, tabs, scrolling. */

import { Refusal } from './refusal.js';

const SIGNS = { success: '✓', error: '✕', none: '', loading: '◌' };

// WeChat refuses words on the buttons that are longer than four Chinese characters.
const LONGEST_ANSWER = 8;
const width = (text) => Array.from(text).reduce((sum, sign) => sum + (sign.charCodeAt(0) > 255 ? 2 : 1), 0);

export function uiDoubles({ frame, stack }) {
  async function showModal(options) {
    for (const name of ['confirmText', 'cancelText']) {
      const text = options[name] || '';
      if (width(text) > LONGEST_ANSWER) throw new Error(`showModal: ${name} "${text}" is longer than 4 Chinese characters`);
    }
    const answers = [options.confirmText || '确定'];
    if (options.showCancel !== false) answers.unshift(options.cancelText || '取消');
    const chosen = await frame.ask({ title: options.title, content: options.content, answers });
    const confirm = chosen === answers.length - 1;
    return { confirm, cancel: !confirm };
  }

  async function showActionSheet({ itemList, alertText }) {
    const answers = [...itemList, '取消'];
    const chosen = await frame.ask({ title: alertText, answers, name: 'mp-sheet' });
    if (chosen === itemList.length) throw new Refusal('cancel');
    return { tapIndex: chosen };
  }

  return {
    calls: {
      showModal,
      showActionSheet,
      showToast: ({ title, icon = 'success', duration = 1500 }) => frame.toast(title, SIGNS[icon], duration),
      hideToast: () => frame.toast(),
      showLoading: ({ title }) => frame.toast(title, '◌', 0),
      hideLoading: () => frame.toast(),
      setNavigationBarTitle: ({ title }) => frame.title(title),
      setNavigationBarColor: () => {},
      setTabBarBadge: ({ index, text }) => frame.badge(index, text),
      removeTabBarBadge: ({ index }) => frame.badge(index, ''),
      setTabBarItem: ({ index, text }) => frame.tabWord(index, text),
      startPullDownRefresh: () => stack.tell(stack.top, 'onPullDownRefresh'),
      stopPullDownRefresh: () => {},
      pageScrollTo: ({ scrollTop = 0 }) => {
        stack.top.element.scrollTop = scrollTop;
      },
      hideKeyboard: () => document.activeElement && document.activeElement.blur(),
      showShareMenu: () => {},
      hideShareMenu: () => {},
    },
    values: {},
  };
}
