/* A voice of one's own beside words: recorded, listened to, taken back. */

const recording = require('../../../lib/recording');
const uploads = require('../../../lib/uploads');

/** @typedef {import('../../../lib/uploads').Attached} Attached */

Component({
  properties: {
    start: { type: String, value: '' },
    stop: { type: String, value: '' },
    voice: { type: Object, value: /** @type {any} */ (null) }, // Attached, or null
  },
  data: { live: false },
  lifetimes: {
    detached() {
      if (this.data.live) recording.stop();
    },
  },
  methods: {
    record() {
      if (this.data.live) recording.stop();
      else recording.start({ live: (on) => this.setData({ live: on }), done: (voice) => this.tell(voice) });
    },

    play() {
      const player = wx.createInnerAudioContext();
      player.src = this.data.voice.path;
      player.play();
    },

    drop() {
      uploads.forget([/** @type {any} */ (this.data.voice)]);
      this.tell(null);
    },

    /** @param {Attached | null} voice */
    tell(voice) {
      this.triggerEvent('change', { voice });
    },
  },
});
