/* A class's invitation: its code as a picture and in letters, who came, a new one, and its end. */

const { ask, attempt, say } = require('../../lib/acts');
const { chooseClass } = require('../../lib/classes');
const { fetchFresh } = require('../../lib/files');
const { fill } = require('../../i18n/index');
const { moment } = require('../../lib/format');
const { ApiError } = require('../../lib/http');
const people = require('../../lib/people');
const { pulling } = require('../../lib/pulling');
const screen = require('../../lib/screen');

/** @typedef {'account' | 'mini'} Kind */

Page({
  ...pulling,
  data: {
    ...screen.data(),
    classes: /** @type {Api.TaughtClass[]} */ ([]),
    cls: '',
    stand: /** @type {Api.ClassInvitation | null} */ (null),
    until: '',
    counted: '',
    kind: /** @type {Kind} */ ('account'),
    picture: '',
    notDrawn: false,
    busy: '',
  },

  /** By kind, of the code that is shown. */
  pictures: /** @type {Record<string, string>} */ ({}),

  /** @param {{class?: string}} query */
  onLoad({ class: cls = '' }) {
    this.setData({ cls: decodeURIComponent(cls) });
    if (!screen.enter(this)) return;
    wx.setNavigationBarTitle({ title: this.data.t.invite.title });
    this.reload();
  },

  /** A card in a chat leads families to binding, with the code. */
  onShareAppMessage() {
    const { stand, t } = this.data;
    const code = stand && stand.invitation ? stand.invitation.code : '';
    return {
      title: stand ? fill(t.invite.shareTitle, { school: stand.school_name, cls: stand.class_name }) : t.welcome.name,
      path: `/pages/bind/index?invitation=${code}`,
    };
  },

  reload() {
    return screen.load(this, async () => {
      const chosen = await chooseClass('invite', this.data.cls);
      const { data, offline } = await people.getInvitation(chosen.cls.id);
      return { classes: chosen.classes, cls: chosen.cls.id, ...this.view(data), offline: offline || chosen.offline };
    });
  },

  /** @param {Api.ClassInvitation} stand */
  view(stand) {
    const t = this.data.t.invite;
    const { invitation } = stand;
    const before = this.data.stand && this.data.stand.invitation;
    if (!invitation || !before || before.code !== invitation.code) {
      this.pictures = {};
      this.setData({ picture: '', notDrawn: false });
    }
    if (invitation && !this.pictures[this.data.kind]) this.draw(stand.class_id, this.data.kind);
    return {
      stand,
      until: invitation ? fill(t.until, { when: moment(invitation.expires_at) }) : '',
      counted: fill(t.counted, { n: stand.children, cards: stand.cards }),
    };
  },

  /** @param {string} cls @param {Kind} kind */
  async draw(cls, kind) {
    this.setData({ notDrawn: false });
    try {
      this.pictures[kind] = await fetchFresh(people.invitationPicture(cls, kind));
      if (this.data.kind === kind) this.setData({ picture: this.pictures[kind] });
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (this.data.kind === kind) this.setData({ notDrawn: true });
    }
  },

  drawAgain() {
    this.draw(this.data.cls, this.data.kind);
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  chooseKind(event) {
    const kind = /** @type {Kind} */ (event.currentTarget.dataset.kind);
    this.setData({ kind, picture: this.pictures[kind] || '', notDrawn: false });
    if (!this.pictures[kind]) this.drawAgain();
  },

  /** @param {WechatMiniprogram.PickerChange} event */
  chooseClass(event) {
    this.setData({ cls: this.data.classes[Number(event.detail.value)].id, phase: 'loading', stand: null });
    this.reload();
  },

  look() {
    if (this.data.picture) wx.previewImage({ urls: [this.data.picture] });
  },

  save() {
    const { picture: filePath, t } = this.data;
    if (!filePath) return;
    wx.saveImageToPhotosAlbum({
      filePath,
      success: () => say(t.invite.saved),
      fail: ({ errMsg }) => {
        if (!errMsg.includes('cancel')) say(t.invite.notSaved);
      },
    });
  },

  copy() {
    const { stand, t } = this.data;
    if (stand && stand.invitation) wx.setClipboardData({ data: stand.invitation.text, success: () => say(t.invite.copied) });
  },

  async make() {
    const found = await attempt(this, 'make', (key) => people.invite(this.data.cls, false, key));
    if (found) this.setData(this.view(found.done));
  },

  async renew() {
    const t = this.data.t.invite;
    if (!(await ask({ title: t.renewAsk, content: t.renewHint, yes: t.renewYes, danger: true }))) return;
    const found = await attempt(this, 'renew', (key) => people.invite(this.data.cls, true, key));
    if (!found) return;
    this.setData(this.view(found.done));
    say(t.renewed);
  },

  async revoke() {
    const t = this.data.t.invite;
    if (!(await ask({ title: t.revokeAsk, content: t.renewHint, yes: t.revoke, danger: true }))) return;
    const found = await attempt(this, 'revoke', () => people.revoke(this.data.cls));
    if (!found) return;
    this.setData(this.view(found.done));
    say(t.revoked);
  },
});
