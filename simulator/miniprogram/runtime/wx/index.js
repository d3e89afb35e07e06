/* The doubles of wx.*: one list says what there is, and a call that is not in it is an error.

A double is a function of its options. What it returns (or resolves with) goes to `success`, what it
throws to `fail`; `complete` hears both. Without these three, the call gives a promise, as in WeChat. */

import { canvasDoubles } from './canvas.js';
import { deviceDoubles } from './device.js';
import { fileDoubles } from './files.js';
import { navigationDoubles } from './navigation.js';
import { networkDoubles } from './network.js';
import { openDoubles } from './open.js';
import { Refusal } from './refusal.js';
import { socketDoubles } from './socket.js';
import { soundDoubles } from './sound.js';
import { storageDoubles } from './storage.js';
import { uiDoubles } from './ui.js';

/** {calls, values}: calls take options and answer later; values are handed out as they are. */
export function makeDoubles(stage) {
  const parts = [
    canvasDoubles, deviceDoubles, fileDoubles, navigationDoubles, networkDoubles, openDoubles, socketDoubles, soundDoubles,
    storageDoubles, uiDoubles,
  ].map((make) => make(stage));
  return {
    calls: Object.assign({}, ...parts.map((part) => part.calls)),
    values: Object.assign({}, ...parts.map((part) => part.values)),
  };
}

/** The names of all doubles. */
export function knownCalls() {
  const { calls, values } = makeDoubles({});
  return new Set([...Object.keys(calls), ...Object.keys(values)]);
}

export function installWx(stage) {
  const { calls, values } = makeDoubles(stage);
  const wx = { ...values };
  for (const [name, act] of Object.entries(calls)) wx[name] = answering(stage, name, act);
  window.wx = new Proxy(wx, {
    get(_, name) {
      if (name in wx || typeof name === 'symbol') return wx[name];
      // Packages ask for what newer or older WeChats have; only calling it is an error.
      return undefined;
    },
  });
}

function answering({ mini, report }, name, act) {
  return (options = {}) => {
    mini.calls.push([name, options.url || options.title || options.key || '']);
    const task = {};
    const given = mini.given[name];
    const done = Promise.resolve()
      .then(() => (given === undefined ? act(options, task) : given))
      .then(
        (result) => {
          const answer = { errMsg: `${name}:ok`, ...result };
          if (options.success) options.success(answer);
          if (options.complete) options.complete(answer);
          return answer;
        },
        (why) => {
          if (!(why instanceof Refusal)) report(why);
          const refusal = { errMsg: `${name}:fail ${(why && why.message) || why}`, ...(why && why.more) };
          if (options.fail) options.fail(refusal);
          if (options.complete) options.complete(refusal);
          throw refusal;
        },
      );
    if (options.success || options.fail || options.complete) {
      done.catch(() => {});
      return { abort: () => task.abort && task.abort() };
    }
    return done;
  };
}
