/* Bind a child: the name and the last digits of the phone, as on the school's list; or a code's invitation. */

const api = require('../../lib/api');
const { fill } = require('../../i18n/index');
const { attempt, say } = require('../../lib/acts');
const { ApiError } = require('../../lib/http');
const people = require('../../lib/people');
const screen = require('../../lib/screen');

const DIGITS = /^\d{4}$/;
const CODE = /^[0-9A-Za-z]{8}$/;

Page({
  data: {
    ...screen.data(),
    phase: /** @type {'loading' | 'ready' | 'failed'} */ ('ready'),
    lead: '',
    invitation: '',
    /** The invitation names the child: only the digits are asked for. */
    named: false,
    name: '',
    digits: '',
    wrong: { name: '', digits: '', all: '' },
    busy: /** @type {string | boolean} */ (false),
    /** Whether a code is being typed, what it is, and what is wrong with it. */
    coding: false,
    code: '',
    wrongCode: '',
    result: /** @type {{title: string, hint: string, good: boolean} | null} */ (null),
  },

  /** The same answers are one request, however often they are sent. */
  key: '',

  /** @param {{scene?: string, invitation?: string}} query `scene` from a code that was scanned */
  onLoad({ scene, invitation = scene ? decodeURIComponent(scene) : '' }) {
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.bind.title });
    this.setData({ invitation, lead: this.data.t.bind.lead });
    if (invitation) this.reload();
  },

  /** Who invites. */
  reload() {
    this.setData({ phase: 'loading' });
    return screen.load(this, async () => {
      const { data } = await api.getInvitation(this.data.invitation);
      const { t } = this.data;
      const values = { school: data.school_name, cls: data.class_name, child: data.child_name || '' };
      return { named: Boolean(data.child_name), lead: fill(data.child_name ? t.bind.invitedChild : t.bind.invited, values), coding: false };
    }, this.data.t.bind);
  },

  onPullDownRefresh() {
    const done = this.data.invitation && !this.data.result ? this.reload() : Promise.resolve();
    done.then(() => wx.stopPullDownRefresh());
  },

  startCode() {
    this.setData({ coding: true });
  },

  /** @param {WechatMiniprogram.Input} event */
  typedCode(event) {
    this.setData({ code: event.detail.value, wrongCode: '' });
  },

  /** What is on the sheet, as somebody types it: with a dash, small, with a blank. */
  useCode() {
    const code = this.data.code.replace(/[\s-]/g, '');
    if (!CODE.test(code)) {
      this.setData({ wrongCode: this.data.t.bind.codeMissing });
      return;
    }
    this.key = '';
    this.setData({ invitation: code });
    this.reload();
  },

  /** Without the invitation that does not work. */
  forgetCode() {
    this.key = '';
    this.setData({ invitation: '', named: false, code: '', coding: false, phase: 'ready', lead: this.data.t.bind.lead });
  },

  /**
   * WeChat vouches for the number; only its last digits come back. @param {WechatMiniprogram.CustomEvent<{code?: string}>} event
   */
  async gotPhone(event) {
    const { code } = event.detail;
    const t = this.data.t.bind;
    if (!code) {
      say(t.phoneRefused);
      return;
    }
    const found = await attempt(this, `phone-${code}`, (key) => people.learnDigits(code, key));
    if (!found) return;
    this.key = '';
    this.setData({ digits: found.done.digits, 'wrong.digits': '', 'wrong.all': '' });
  },

  /** @param {WechatMiniprogram.Input} event */
  typed(event) {
    const { field } = event.currentTarget.dataset;
    this.key = '';
    this.setData({ [field]: event.detail.value, [`wrong.${field}`]: '', 'wrong.all': '' });
  },

  async send() {
    const { t, name, digits, named, busy, invitation } = this.data;
    const wrong = {
      name: named || name.trim() ? '' : t.bind.nameMissing,
      digits: DIGITS.test(digits.trim()) ? '' : t.bind.digitsMissing,
      all: '',
    };
    this.setData({ wrong });
    if (busy || wrong.name || wrong.digits) return;
    this.setData({ busy: true });
    this.key = this.key || api.newKey();
    try {
      const asked = { name: name.trim(), digits: digits.trim(), ...(invitation ? { invitation } : {}) };
      this.answered(await api.bind(asked, this.key));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const all = error.code === 'offline' ? t.common.failedHint : Object.values(error.fields)[0] || error.message;
      if (!error.passing) this.key = '';
      this.setData({ 'wrong.all': all });
    } finally {
      this.setData({ busy: false });
    }
  },

  /** @param {Api.Bound} bound */
  answered({ answer, child }) {
    const t = this.data.t.bind;
    if (answer === 'unknown') {
      this.key = '';
      this.setData({ 'wrong.all': t.unknown });
      return;
    }
    const good = answer === 'bound' || answer === 'already';
    const hint = answer === 'bound' ? fill(t.boundHint, { name: child ? child.name : '' }) : t[`${answer}Hint`];
    this.setData({ result: { title: t[answer], hint, good } });
  },

  see() {
    wx.reLaunch({ url: '/pages/home/index' });
  },

  follow() {
    wx.redirectTo({ url: '/pages/children/index' });
  },

  another() {
    this.key = '';
    this.setData({ result: null, name: '', digits: '', invitation: '', named: false, lead: this.data.t.bind.lead });
  },
});
