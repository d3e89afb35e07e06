/* Links for a child, or for a teacher's class: the class's own books, what is one tap away, every level's shelf. */

const screen = require('../../lib/screen');
const { copyLink, getLinks, getTeachingLinks, shown } = require('../lib/shelf');

Page({
  data: {
    ...screen.data(),
    school: '',
    className: '',
    classId: '', // of a teacher, who may keep its shelf
    child: '',
    children: /** @type {{id: string, name: string}[]} */ ([]),
    oneTap: /** @type {any[]} */ ([]),
    books: /** @type {any[]} */ ([]),
    groups: /** @type {any[]} */ ([]),
    empty: false,
  },

  wanted: { child: '', teaching: false, classId: '' },

  /** @param {{child?: string, class?: string, teaching?: string}} query */
  onLoad(query) {
    this.wanted = {
      child: decodeURIComponent(query.child || ''),
      teaching: Boolean(query.teaching),
      classId: decodeURIComponent(query.class || ''),
    };
  },

  ...screen.reloading((t) => t.links.title),

  reload() {
    const { links } = this.data.t;
    return screen.load(this, async () => {
      const { child, teaching, classId } = this.wanted;
      const { data, offline } = await (teaching ? getTeachingLinks(classId) : getLinks(child));
      return { ...shown(data), classId: teaching ? data.class_id : '', offline };
    }, { gone: links.nowhere, goneHint: links.nowhereHint });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  choose(event) {
    this.wanted.child = event.currentTarget.dataset.id;
    this.setData({ child: this.wanted.child });
    this.reload();
  },

  keep() {
    wx.navigateTo({ url: `/links/keep/index?class=${encodeURIComponent(this.data.classId)}&name=${encodeURIComponent(this.data.className)}` });
  },

  resources() {
    wx.navigateTo({ url: '/links/resources/index' });
  },

  search() {
    const { child, classId } = this.data;
    wx.navigateTo({ url: `/links/search/index?child=${encodeURIComponent(child)}&class=${encodeURIComponent(classId)}` });
  },

  /** @param {WechatMiniprogram.TouchEvent} event */
  open(event) {
    const { url, title } = event.currentTarget.dataset;
    copyLink(url, title);
  },
});
