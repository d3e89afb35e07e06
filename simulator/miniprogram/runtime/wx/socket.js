/* Web sockets, to the hosts that may be reached. */

import { Refusal } from './refusal.js';

const EVENTS = { onOpen: 'open', onMessage: 'message', onClose: 'close', onError: 'error' };
const MOST = 5; // at once, as in WeChat

export function socketDoubles({ mini = {} }) {
  const open = new Set();

  function place(url) {
    const address = new URL(url);
    const origin = mini.hosts[address.origin.replace(/^ws/, 'http')];
    if (!origin) throw new Refusal('url not in domain list');
    return origin.replace(/^http/, 'ws') + address.pathname + address.search;
  }

  /** Gives its task at once, as WeChat does; whether it opens is heard later. */
  function connectSocket({ url, header = {}, protocols = [], success, fail, complete }) {
    mini.calls.push(['connectSocket', url]);
    const done = (heard, answer) => [heard, complete].forEach((one) => one && one(answer));
    let socket;
    try {
      if (open.size >= MOST) throw new Refusal(`exceed max socket count ${MOST}`);
      // A browser sends no headers of ours: what is told to the server has to be in the address or the protocols.
      if (Object.keys(header).some((name) => name.toLowerCase() !== 'content-type')) throw new Refusal('header');
      socket = new WebSocket(place(url), protocols);
    } catch (error) {
      done(fail, { errMsg: `connectSocket:fail ${error.message}` });
      return undefined;
    }
    socket.binaryType = 'arraybuffer';
    open.add(socket);
    socket.addEventListener('close', () => open.delete(socket));
    Promise.resolve().then(() => done(success, { errMsg: 'connectSocket:ok' }));
    const task = {
      send: ({ data, success: sent, fail: failed }) => {
        if (socket.readyState !== WebSocket.OPEN) {
          if (failed) failed({ errMsg: 'sendSocketMessage:fail not connected' });
          return;
        }
        socket.send(data);
        if (sent) sent({ errMsg: 'sendSocketMessage:ok' });
      },
      close: ({ code = 1000, reason = '' } = {}) => socket.close(code, reason),
    };
    for (const [name, event] of Object.entries(EVENTS)) {
      task[name] = (heard) => socket.addEventListener(event, ({ data, code, reason }) => heard({ data, code, reason }));
    }
    return task;
  }

  return { calls: {}, values: { connectSocket } };
}
