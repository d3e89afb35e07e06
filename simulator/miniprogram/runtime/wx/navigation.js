/* Going from page to page. */

import { Refusal } from './refusal.js';

export function navigationDoubles({ stack }) {
  const open = (how) => ({ url }) => {
    try {
      stack.open(url, how);
    } catch (error) {
      throw new Refusal(error.message);
    }
  };
  return {
    calls: {
      navigateTo: open('push'),
      redirectTo: open('replace'),
      reLaunch: open('reset'),
      switchTab: open('tab'),
      navigateBack: ({ delta } = {}) => stack.back(delta),
      exitMiniProgram: () => document.body.setAttribute('data-left', ''),
    },
    values: {},
  };
}
