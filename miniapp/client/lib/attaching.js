/* Files that hang on what is being written: weighed, on their way up while the rest is written, taken off again.
A screen with such files holds one of these; how many of which kind there may be is the screen's to say. */

const uploads = require('./uploads');
const { fill, words } = require('../i18n/index');
const { size } = require('./format');
const { ApiError } = require('./http');

/** @typedef {import('./uploads').Attached} Attached */

/**
 * @typedef {object} Holder
 * @property {() => Attached[]} held what hangs on it now
 * @property {(files: Attached[]) => void} change the person added one, or took one off
 * @property {(files: Attached[]) => void} sent one has gone up and has the server's id
 * @property {() => void} draw
 * @property {(one: Attached) => string} [tooLarge] what is said of one that is; empty for others. Else what is usual
 * @property {(sentence: string) => void} [say] that one is not taken; else in passing
 */

class Attaching {
  /** @param {Holder} holder */
  constructor(holder) {
    this.holder = holder;
    /** Uploads that got no answer: tried again when it is sent. @type {Set<string>} */
    this.failed = new Set();
    /** How far the others are, in per cent. @type {Map<string, number>} */
    this.going = new Map();
    /** Where a picture is, on this phone, that is on the server only; by its id there. @type {Map<string, string>} */
    this.shown = new Map();
    this.stop = uploads.watch((key, share) => {
      if (!holder.held().some((one) => one.key === key)) return;
      this.going.set(key, Math.round(share * 100));
      holder.draw();
    });
  }

  /** What was chosen hangs on it from now on, but for what will not be taken. @param {Attached[]} chosen */
  add(chosen) {
    const tooLarge = this.holder.tooLarge || usually;
    /** @param {Attached} one */
    const wrong = (one) => heic(one) || tooLarge(one);
    const refused = chosen.filter(wrong);
    refused.forEach((one) => this.say(wrong(one)));
    uploads.forget(refused);
    const taken = chosen.filter((one) => !refused.includes(one));
    if (!taken.length) return;
    this.holder.change([...this.holder.held(), ...taken]);
    this.sendAll();
  }

  /** Up they go while the rest is being written. */
  async sendAll() {
    for (const one of this.holder.held()) {
      if (!one.id) await this.sendOne(one);
    }
  }

  /** @param {Attached} one */
  async sendOne(one) {
    const t = words().publish;
    try {
      this.failed.delete(one.key);
      const id = await uploads.send(one);
      this.holder.sent(this.holder.held().map((held) => (held.key === one.key ? { ...held, id } : held)));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (error.passing) {
        this.failed.add(one.key);
        this.holder.draw();
        return;
      }
      this.drop(one.key);
      this.say(error.code === uploads.GONE ? t.fileGone : fill(t.refusedFile, { name: one.name, why: error.message }));
    }
  }

  /** @param {string} sentence */
  say(sentence) {
    if (this.holder.say) this.holder.say(sentence);
    else say(sentence);
  }

  /** @param {string} key */
  drop(key) {
    const held = this.holder.held();
    uploads.forget(held.filter((one) => one.key === key));
    this.holder.change(held.filter((one) => one.key !== key));
  }

  /** Pictures that are on the server only. @param {{id: string, fetch: () => Promise<string>}[]} pictures */
  async fetchShown(pictures) {
    for (const { id, fetch } of pictures) {
      try {
        this.shown.set(id, await fetch());
        this.holder.draw();
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        // The place stays grey.
      }
    }
  }

  /** As a template shows it; `going` is empty once the server has it. @param {Attached} one */
  tile(one) {
    return { ...one, path: one.path || this.shown.get(one.id) || '', weight: size(one.size), going: one.id ? '' : this.goingWord(one) };
  }

  /** @param {Attached} one */
  goingWord({ key }) {
    const t = words().publish;
    const n = this.going.get(key);
    if (this.failed.has(key)) return n ? fill(t.waitsAt, { n }) : t.waits;
    return n === undefined ? t.uploading : fill(t.uploaded, { n });
  }

  pictures() {
    return this.holder.held().filter(({ kind }) => kind === 'picture').map((one) => this.tile(one));
  }

  others() {
    return this.holder.held().filter(({ kind }) => kind !== 'picture').map((one) => this.tile(one));
  }
}

/** @param {Attached} one */
function usually({ name, size: bytes }) {
  return bytes > uploads.MOST_BYTES ? fill(words().publish.tooLarge, { name }) : '';
}

/** A photograph of an iPhone as a chat passes it on; the album gives a JPEG of it. @param {Attached} one */
function heic({ name }) {
  return /\.hei[cf]$/i.test(name) ? fill(words().publish.heic, { name }) : '';
}

/** @param {string} title */
function say(title) {
  wx.showToast({ title, icon: 'none' });
}

module.exports = { Attaching };
