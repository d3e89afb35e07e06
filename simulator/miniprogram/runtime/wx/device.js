/* What the phone says of itself. */

import { STATUS_HEIGHT, theme } from '../look.js';

const CAPSULE = { width: 87, height: 32, gap: 7 };

export function deviceDoubles({ mini = {}, app, appInstance }) {
  const windowInfo = () => ({
    windowWidth: innerWidth, windowHeight: innerHeight, screenWidth: innerWidth, screenHeight: innerHeight,
    pixelRatio: devicePixelRatio, statusBarHeight: STATUS_HEIGHT, screenTop: 0,
    safeArea: { top: STATUS_HEIGHT, left: 0, right: innerWidth, bottom: innerHeight, width: innerWidth, height: innerHeight - STATUS_HEIGHT },
  });
  const baseInfo = () => ({
    SDKVersion: '3.8.12', version: '8.0.50', language: mini.language || 'zh_CN', theme: theme(),
    fontSizeSetting: mini.fontSize || 16, host: { env: 'WeChat' },
  });
  const deviceInfo = () => ({ platform: 'devtools', system: 'web', brand: 'test', model: 'test' });
  const start = () => ({ path: app.pages[0], query: {}, scene: 1001 });
  const heard = new Set();
  if (typeof window !== 'undefined') {
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      heard.forEach((listener) => listener({ theme: theme() }));
      if (appInstance().onThemeChange) appInstance().onThemeChange({ theme: theme() });
    });
  }
  const nothing = () => {};
  return {
    calls: {
      getSystemInfo: () => ({ ...windowInfo(), ...deviceInfo(), ...baseInfo() }),
      setClipboardData: ({ data }) => {
        mini.clipboard = data;
      },
      makePhoneCall: ({ phoneNumber }) => {
        mini.called = phoneNumber;
      },
      vibrateShort: nothing,
      setKeepScreenOn: nothing,
    },
    values: {
      getWindowInfo: windowInfo,
      getDeviceInfo: deviceInfo,
      getAppBaseInfo: baseInfo,
      getSystemInfoSync: () => ({ ...windowInfo(), ...deviceInfo(), ...baseInfo() }),
      getAccountInfoSync: () => ({ miniProgram: { appId: 'wxtest', envVersion: 'develop', version: '' } }),
      getLaunchOptionsSync: start,
      getEnterOptionsSync: start,
      getMenuButtonBoundingClientRect: () => ({
        top: STATUS_HEIGHT + 6, bottom: STATUS_HEIGHT + 6 + CAPSULE.height, right: innerWidth - CAPSULE.gap,
        left: innerWidth - CAPSULE.gap - CAPSULE.width, width: CAPSULE.width, height: CAPSULE.height,
      }),
      canIUse: () => true,
      nextTick: (act) => Promise.resolve().then(act),
      getUpdateManager: () => ({ onCheckForUpdate: nothing, onUpdateReady: nothing, onUpdateFailed: nothing, applyUpdate: nothing }),
      onThemeChange: (listener) => heard.add(listener),
      offThemeChange: (listener) => heard.delete(listener),
      onError: nothing,
      onUnhandledRejection: nothing,
      onAppShow: nothing,
      onAppHide: nothing,
      onWindowResize: nothing,
      offWindowResize: nothing,
      createIntersectionObserver: (component, options) => component.createIntersectionObserver(options),
      env: { USER_DATA_PATH: 'wxfile://usr' },
      base64ToArrayBuffer: (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer,
      arrayBufferToBase64: (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))),
    },
  };
}
