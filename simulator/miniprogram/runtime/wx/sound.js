/* The microphone and the loudspeaker: what `mini.recording` holds (a data address) is what was said. */

const LENGTH_MS = 3000;

export function soundDoubles({ mini }) {
  const heard = {};
  const on = (event) => (listener) => {
    heard[event] = listener;
  };
  const tell = (event, result) => heard[event] && heard[event](result);
  const recorder = {
    onStart: on('start'),
    onStop: on('stop'),
    onError: on('error'),
    start() {
      if (!mini.recording) return tell('error', { errMsg: 'operateRecorder:fail auth deny' });
      return tell('start', {});
    },
    async stop() {
      const blob = await (await fetch(mini.recording)).blob();
      tell('stop', { tempFilePath: URL.createObjectURL(blob), duration: LENGTH_MS, fileSize: blob.size });
    },
  };

  function createInnerAudioContext() {
    return {
      src: '',
      play() {
        mini.played = this.src;
      },
      stop() {},
      destroy() {},
      onError() {},
      onEnded() {},
    };
  }

  return { calls: { setInnerAudioOption: () => {} }, values: { createInnerAudioContext, getRecorderManager: () => recorder } };
}
