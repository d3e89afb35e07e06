/* Links of what is being written, on either form: ticked on the class's shelf, or typed. */

const { LINK_LIMIT } = require('./notice-form');
const { fill, words } = require('../i18n/index');

const tooMany = () => fill(words().publish.tooManyLinks, { n: LINK_LIMIT });

/** What a form's page does with links. It has `writing` (what has the links), `change`, `say`; `link`, `typingLink`, `known`, `wrong` in its data. */
const linking = {
  /** Whether there is room for one more; says so where there is none. @this {any} */
  hasLinkRoom() {
    const has = this.writing().links.length < LINK_LIMIT;
    if (!has) this.say(tooMany());
    return has;
  },

  /** @this {any} */
  addLink() {
    if (this.hasLinkRoom()) this.setData({ typingLink: true });
  },

  /** @this {any} @param {WechatMiniprogram.Input} event */
  typedLink(event) {
    this.setData({ link: event.detail.value, 'wrong.links': '' });
  },

  /** What was typed is taken, or said to be no address; nothing typed is no link. @this {any} @returns {boolean} */
  takeLink() {
    const link = this.data.link.trim();
    if (link && !/^https:\/\/\S+$/.test(link)) {
      this.setData({ 'wrong.links': this.data.t.publish.linkWrong });
      return false;
    }
    if (link && !this.hasLinkRoom()) {
      this.setData({ 'wrong.links': tooMany() });
      return false;
    }
    if (link) this.change({ links: [...this.writing().links, link] });
    this.setData({ link: '', typingLink: false });
    return true;
  },

  /** @this {any} @param {WechatMiniprogram.TouchEvent} event */
  removeLink(event) {
    const { url } = event.currentTarget.dataset;
    this.change({ links: this.writing().links.filter((/** @type {string} */ one) => one !== url) });
  },

  /** A box of the shelf. @this {any} @param {WechatMiniprogram.CustomEvent<{url: string}>} event */
  toggleLink(event) {
    const { url } = event.detail;
    /** @type {string[]} */
    const links = this.writing().links;
    if (links.includes(url)) this.change({ links: links.filter((one) => one !== url) });
    else if (this.hasLinkRoom()) this.change({ links: [...links, url] });
  },

  /** Those that have a box need no line of their own. @this {any} @param {WechatMiniprogram.CustomEvent<{urls: string[]}>} event */
  knowLinks(event) {
    this.setData({ known: event.detail.urls });
    this.setData({ typedLinks: this.typedLinks() });
  },

  /** The links that have no box. @this {any} @returns {string[]} */
  typedLinks() {
    return this.writing().links.filter((/** @type {string} */ one) => !this.data.known.includes(one));
  },
};

module.exports = { linking };
