/* What needs WeChat itself: login, privacy, subscriptions, scanning. */

import { Refusal } from './refusal.js';

export function openDoubles({ mini, frame }) {
  const asked = {};

  /** WeChat's own sheet about privacy, once; a refusal is asked about again at the next tap. */
  async function requirePrivacyAuthorize() {
    if (asked.privacy) return;
    const answers = ['拒绝', '同意'];
    const content = '在你使用服务之前，请仔细阅读《用户隐私保护指引》。如你同意该指引，请点击“同意”开始使用。';
    const chosen = await frame.ask({ title: '用户隐私保护提示', content, answers, name: 'mp-modal mp-privacy' });
    if (chosen === 0) throw new Refusal('privacy permission is not authorized', { errno: 104 });
    asked.privacy = true;
  }

  /** The subscription sheet; `mini.subscribe` answers without asking (template id → accept, reject …). */
  async function requestSubscribeMessage({ tmplIds }) {
    if (!tmplIds || !tmplIds.length || tmplIds.length > 5) throw new Refusal('tmplIds illegal', { errCode: 20003 });
    if (mini.switchedOff) throw new Refusal('The main switch is switched off', { errCode: 20004 });
    const answered = await answers(tmplIds);
    // WeChat counts what was accepted, and tells the server by itself.
    if (window.__subscribed) await window.__subscribed(answered);
    return answered;
  }

  async function answers(tmplIds) {
    if (mini.subscribe) return Object.fromEntries(tmplIds.map((id) => [id, mini.subscribe[id] || 'reject']));
    const words = ['取消', '允许'];
    const chosen = await frame.ask({ title: '申请给你发送消息', content: `${tmplIds.length} 种通知`, answers: words });
    return Object.fromEntries(tmplIds.map((id) => [id, chosen === 1 ? 'accept' : 'reject']));
  }

  async function login() {
    // The test asks the simulated WeChat for a code, as a phone would ask the real one.
    const code = window.__login ? await window.__login() : mini.code;
    if (!code) throw new Refusal('no code');
    return { code };
  }

  return {
    calls: {
      login,
      checkSession: () => {},
      requirePrivacyAuthorize,
      getPrivacySetting: () => ({ needAuthorization: !asked.privacy, privacyContractName: '《用户隐私保护指引》' }),
      openPrivacyContract: () => frame.toast('《用户隐私保护指引》'),
      requestSubscribeMessage,
      getSetting: () => ({ authSetting: {}, subscriptionsSetting: { mainSwitch: !mini.switchedOff, itemSettings: {} } }),
      /** WeChat's own page; whoever opens it here switches everything on. */
      openSetting: () => {
        mini.switchedOff = false;
        return { authSetting: {} };
      },
      scanCode: () => {
        if (!mini.scan) throw new Refusal('cancel');
        return { result: mini.scan };
      },
    },
    values: { onNeedPrivacyAuthorization: () => {} },
  };
}
