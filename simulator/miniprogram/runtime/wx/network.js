/* Requests and downloads, to the hosts that the test (or the page that shows this) names, and to no other. */

import { Refusal } from './refusal.js';

const NO_BODY = new Set(['GET', 'HEAD']);

export function networkDoubles({ mini }) {
  /** A phone reaches only the addresses that are set up for the mini-program. */
  function reachable(url) {
    const address = new URL(url);
    const origin = mini.hosts[address.origin];
    if (!origin) throw new Refusal('url not in domain list');
    return origin + address.pathname + address.search;
  }

  async function fetched(url, options, task) {
    const ended = new AbortController();
    task.abort = () => ended.abort();
    const limit = setTimeout(() => ended.abort(), options.timeout || 60000);
    try {
      return await fetch(reachable(url), {
        method: (options.method || 'GET').toUpperCase(),
        headers: options.headers, body: options.body, credentials: 'omit', cache: 'no-store', signal: ended.signal,
      });
    } catch (error) {
      if (error instanceof Refusal) throw error;
      throw new Refusal(ended.signal.aborted ? 'timeout' : 'net::ERR_CONNECTION_REFUSED', { errno: 600009 });
    } finally {
      clearTimeout(limit);
    }
  }

  async function request(options, task) {
    const method = (options.method || 'GET').toUpperCase();
    const headers = { 'content-type': 'application/json' };
    for (const [name, value] of Object.entries(options.header || {})) headers[name.toLowerCase()] = value;
    let { url } = options;
    let body;
    if (NO_BODY.has(method)) {
      if (options.data) url += (url.includes('?') ? '&' : '?') + new URLSearchParams(options.data);
      delete headers['content-type'];
    } else if (options.data !== undefined) {
      const ready = typeof options.data === 'string' || options.data instanceof ArrayBuffer;
      body = ready ? options.data : JSON.stringify(options.data);
    }
    const response = await fetched(url, { ...options, method, headers, body }, task);
    const text = await response.text();
    mini.traffic = [...(mini.traffic || []), { method, url, status: response.status, characters: text.length }];
    let data = text;
    try {
      if ((options.dataType || 'json') === 'json') data = JSON.parse(text);
    } catch {
      // As WeChat does: what is no JSON stays text.
    }
    return { statusCode: response.status, data, header: Object.fromEntries(response.headers), cookies: [] };
  }

  async function downloadFile(options, task) {
    const response = await fetched(options.url, { headers: options.header }, task);
    return { statusCode: response.status, tempFilePath: URL.createObjectURL(await response.blob()) };
  }

  async function uploadFile(options, task) {
    const form = new FormData();
    for (const [name, value] of Object.entries(options.formData || {})) form.append(name, value);
    form.append(options.name, await (await fetch(options.filePath)).blob(), 'file');
    const response = await fetched(options.url, { method: 'POST', headers: options.header, body: form }, task);
    return { statusCode: response.status, data: await response.text() };
  }

  const listeners = new Set();
  const say = () => listeners.forEach((heard) => heard(state()));
  const state = () => ({ isConnected: navigator.onLine, networkType: navigator.onLine ? 'wifi' : 'none' });
  if (typeof window !== 'undefined') ['online', 'offline'].forEach((event) => addEventListener(event, say));
  return {
    calls: { request, downloadFile, uploadFile, getNetworkType: state },
    values: {
      onNetworkStatusChange: (heard) => listeners.add(heard),
      offNetworkStatusChange: (heard) => listeners.delete(heard),
    },
  };
}
