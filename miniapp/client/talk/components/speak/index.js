/* Saying something aloud: it listens from the moment it is there. Sent at a tap; where it stopped by itself (after three
minutes), it waits to be listened to, sent or dropped. */

const playing = require('../../lib/playing');
const recording = require('../../../lib/recording');
const uploads = require('../../../lib/uploads');
const { fill, words } = require('../../../i18n/index');

const SECOND_MS = 1000;

/** @typedef {import('../../../lib/uploads').Attached} Attached */

Component({
  data: { t: words().chat, live: false, listening: words().chat.listening, voice: /** @type {Attached | null} */ (null), then: 'wait', clock: 0 },
  lifetimes: {
    attached() {
      recording.start({ live: (on) => this.live(on), done: (voice) => this.done(voice) });
    },

    detached() {
      clearInterval(this.data.clock);
      playing.stop();
      if (!this.data.live) return;
      this.data.then = 'drop';
      recording.stop();
    },
  },

  methods: {
    /** @param {boolean} on */
    live(on) {
      clearInterval(this.data.clock);
      if (!on && !this.data.live) {
        this.triggerEvent('close'); // no microphone: it was said why
        return;
      }
      this.setData({ live: on });
      if (!on) return;
      const since = Date.now();
      const clock = setInterval(() => {
        const n = Math.round((Date.now() - since) / SECOND_MS);
        this.setData({ listening: fill(words().chat.listeningFor, { n }) });
      }, SECOND_MS);
      this.setData({ clock: /** @type {any} */ (clock) });
    },

    /** @param {Attached} voice */
    done(voice) {
      if (this.data.then === 'send') this.triggerEvent('done', { voice });
      else if (this.data.then === 'drop') uploads.forget([voice]);
      else this.setData({ voice });
    },

    send() {
      const { voice, live } = this.data;
      this.setData({ then: 'send' });
      if (voice) this.triggerEvent('done', { voice });
      else if (live) recording.stop();
    },

    drop() {
      if (this.data.voice) uploads.forget([this.data.voice]);
      this.triggerEvent('close');
    },

    play() {
      if (this.data.voice) playing.play(this.data.voice.path, () => {});
    },
  },
});
