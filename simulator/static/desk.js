// The desk with its phones: the socket that brings news, the drawer, and how big a phone may be.

import { control, h } from "./dom.js";
import { Phone } from "./phone.js";

const NARROW = 900;
const MOODS = [
  ["正常", {}, "一切照常。"],
  ["慢", { latency_ms: 3000 }, "每次调用要等三秒钟。"],
  ["忙", { busy: true }, "每次调用都回答“系统繁忙”。"],
  ["拒收", { block_users: ["*"] }, "大家都不接收服务通知。"],
  ["额度用完", { quota: 0 }, "今天的模板消息发完了。"],
];

class Desk {
  constructor() {
    this.phones = new Map();
    this.menu = null;
    this.templates = {};
    this.account = { name: "" };
    this.mini = null; // the mini-program: its name, and why it cannot be opened yet
    this.mood = 0;
    this.taken = ""; // whose phone from the shelf is looked at, instead of the others
    this.tab = matchMedia(`(max-width: ${NARROW}px)`).matches ? "guide" : "";
    this.$ = (selector) => document.querySelector(selector);
    this.buildDrawer();
    addEventListener("resize", () => this.fit());
    setInterval(() => this.tick(), 15000);
    this.connect();
  }

  // ----------------------------------------------------------------------------------- news

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/simulator/ws`);
    socket.onmessage = ({ data }) => {
      this.$(".offline").hidden = true;
      const news = JSON.parse(data);
      this[`on_${news.type}`]?.(news);
    };
    socket.onclose = () => {
      this.$(".offline").hidden = false;
      setTimeout(() => this.connect(), 1500);
    };
  }

  on_all(news) {
    Object.assign(this, { menu: news.menu, templates: news.templates, account: news.account, miniTemplates: news.mini_templates, mini: news.mini, publicUrl: news.public_url });
    const same = news.users.length === this.phones.size && news.users.every((user) => this.phones.has(user.key));
    if (same) for (const user of news.users) this.renew(this.phones.get(user.key), user);
    else this.setOut(news.users);
    this.on_faults(news);
    this.on_crowd(news);
    this.fit();
    document.body.dataset.ready = "yes";
  }

  setOut(users) {
    this.phones.clear();
    for (const user of users) this.phones.set(user.key, new Phone(user, this));
    this.$(".phones").replaceChildren(...[...this.phones.values()].map((phone) => phone.root));
    this.drawShelf();
  }

  // After a lost connection: the same phones, where they were, with what they missed.
  renew(phone, user) {
    const { chat, service, ...person } = user;
    phone.changed(person);
    Object.assign(phone.user, { chat, service });
    phone.drawChat();
    phone.service.draw();
    phone.tools.draw();
    phone.refresh();
  }

  on_entry({ user, entry }) {
    this.phones.get(user)?.receive(entry);
  }

  on_service({ user, entry }) {
    this.phones.get(user)?.service.receive(entry);
  }

  on_user({ user }) {
    this.phones.get(user.key)?.changed(user);
  }

  on_menu({ menu }) {
    this.menu = menu;
    for (const phone of this.phones.values()) phone.tools.draw();
  }

  on_mini({ mini }) {
    this.mini = mini;
    for (const phone of this.phones.values()) phone.drawHome();
  }

  on_faults({ faults }) {
    this.mood = Math.max(0, MOODS.findIndex(([, changes], index) => index && Object.keys(changes).every((name) =>
      JSON.stringify(faults[name]) === JSON.stringify(changes[name]))));
    this.$("[data-act=thrice]").checked = faults.deliver > 1;
    for (const [index, button] of [...this.$(".moods").children].entries()) button.setAttribute("aria-pressed", String(index === this.mood));
    this.$("[data-role=mood]").textContent = MOODS[this.mood][2];
  }

  on_crowd({ crowd }) {
    const bar = this.$(".bar");
    bar.hidden = !crowd.running;
    bar.firstElementChild.style.width = `${crowd.total ? ((crowd.opened + crowd.failed) / crowd.total) * 100 : 0}%`;
    this.$("[data-act=crowd]").disabled = crowd.running;
    let words = "其他家长的手机会一部部打开最新的通知。";
    if (crowd.total) words = `${crowd.total} 位家长收到了，${crowd.opened} 位看过${crowd.failed ? `，${crowd.failed} 位没打开` : ""}。`;
    this.$("[data-role=crowd]").textContent = words;
  }

  // ---------------------------------------------------------------------------------- shelf

  // The phones that stand on the page now: those of the class, or the one taken from the shelf.
  out() {
    return [...this.phones.values()].filter(({ user }) => (this.taken ? user.key === this.taken : !user.shelf));
  }

  drawShelf() {
    const shelf = [...this.phones.values()].filter(({ user }) => user.shelf);
    if (!this.phones.has(this.taken)) this.taken = "";
    this.$(".office").hidden = !shelf.length;
    const take = (key) => { this.taken = this.taken === key ? "" : key; this.drawShelf(); this.fit(); };
    this.$("[data-role=shelf]").replaceChildren(...shelf.map(({ user }) => h("button", {
      "data-take": user.key, "aria-pressed": String(this.taken === user.key), onclick: () => take(user.key),
    }, `${user.name}的手机`)));
    const out = this.out();
    for (const phone of this.phones.values()) phone.root.hidden = !out.includes(phone);
    if (this.tab !== "guide" && this.tab && !out.some(({ user }) => user.key === this.tab)) this.tab = "guide";
    this.drawTabs();
  }

  // --------------------------------------------------------------------------------- drawer

  buildDrawer() {
    this.$(".moods").append(...MOODS.map(([words], index) => h("button", { "data-mood": words, onclick: () => this.setMood(index) }, words)));
    this.$("[data-act=thrice]").addEventListener("change", () => this.setMood(this.mood));
    this.$("[data-act=crowd]").addEventListener("click", async () => {
      const crowd = await control("crowd", {});
      this.on_crowd({ crowd });
      if (!crowd.total) this.$("[data-role=crowd]").textContent = "还没有谁收到新的通知，先请老师发一条吧。";
    });
  }

  setMood(index) {
    const deliver = this.$("[data-act=thrice]").checked ? 3 : 1;
    return control("faults", { clear: true, deliver, ...MOODS[index][1] });
  }

  // ---------------------------------------------------------------------------------- places

  fit() {
    const count = this.out().length || 1;
    const narrow = innerWidth <= NARROW;
    if (narrow && !this.tab) this.tab = "guide";
    const wide = narrow ? innerWidth - 12 : (innerWidth - 280 - 48 - 26 - 20 * (count - 1)) / count;
    const high = innerHeight - (narrow ? 48 + 60 : 44 + 54);
    const scale = Math.min(1, wide / 399, Math.max(high, 420) / 744);
    document.documentElement.style.setProperty("--scale", scale.toFixed(4));
    this.drawTabs();
  }

  drawTabs() {
    const tab = (key, words, dot) => h("button", { role: "tab", "aria-selected": String(this.tab === key), "data-tab": key, onclick: () => this.choose(key) }, words, dot ? h("i", {}) : null);
    this.$(".tabs").replaceChildren(tab("guide", "怎么玩"), ...this.out().map((phone) => tab(phone.user.key, phone.user.name, phone.unread > 0)));
    document.body.dataset.tab = this.tab || "desk";
    for (const phone of this.phones.values()) phone.root.classList.toggle("chosen", phone.user.key === this.tab);
  }

  choose(key) {
    this.tab = key;
    this.drawTabs();
    scrollTo(0, 0);
    const phone = this.phones.get(key);
    if (phone?.current === "chat") phone.toEnd();
  }

  tick() {
    for (const phone of this.phones.values()) phone.clock.textContent = new Date().toTimeString().slice(0, 5).replace(/^0/, "");
  }

  // ----------------------------------------------------------------------------------- links

  // Whether a link leads to the application on this machine.
  isNear(url) {
    const target = new URL(url, location.href);
    return target.origin === location.origin || (Boolean(this.publicUrl) && target.origin === new URL(this.publicUrl).origin);
  }

  // The application's address as this browser reaches it (127.0.0.1 and localhost are one).
  near(url) {
    const own = this.publicUrl;
    if (!own || !(url.startsWith(`${own}/`) || url === own)) return url;
    const here = new URL(own).port === location.port ? "" : own;
    return here + (url.slice(own.length) || "/");
  }

  // The QR codes that stand on the other phones' screens, and on one's own.
  codes(asking) {
    const others = [...this.phones.values()].filter((phone) => phone !== asking && phone.current === "browser");
    return [...others, asking].flatMap((phone) => phone.browser.codes().map((code) => ({ ...code, owner: phone.user.name })));
  }
}

new Desk();
