/* Storage: the browser's own, so that it outlives a closed page as it outlives a killed app; each person's apart. */

export function storageDoubles({ mini = {} }) {
  const PREFIX = mini.person ? `mini:${mini.person}:` : 'mini:';
  const names = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));
  const values = {
    getStorageSync: (key) => {
      const text = localStorage.getItem(PREFIX + key);
      return text === null ? '' : JSON.parse(text);
    },
    setStorageSync: (key, data) => localStorage.setItem(PREFIX + key, JSON.stringify(data)),
    removeStorageSync: (key) => localStorage.removeItem(PREFIX + key),
    clearStorageSync: () => names().forEach((name) => localStorage.removeItem(name)),
    getStorageInfoSync: () => ({
      keys: names().map((name) => name.slice(PREFIX.length)),
      currentSize: Math.ceil(names().reduce((sum, name) => sum + localStorage.getItem(name).length, 0) / 1024),
      limitSize: 10240,
    }),
  };
  const calls = {
    setStorage: ({ key, data }) => values.setStorageSync(key, data),
    getStorage: ({ key }) => ({ data: values.getStorageSync(key) }),
    removeStorage: ({ key }) => values.removeStorageSync(key),
    clearStorage: () => values.clearStorageSync(),
  };
  return { calls, values };
}
