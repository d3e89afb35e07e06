// 服务通知: the cards of the mini-program's subscription messages, and the way from them into it.

import { accountFace, h, icon, whenText } from "./dom.js";

const BANNER_MS = 4000;

export class ServiceScreen {
  constructor(phone) {
    this.phone = phone;
    this.list = h("div", { class: "talk", "data-role": "service" });
    this.view = h("section", { class: "view chat", "data-view": "service" },
      h("header", { class: "top" }, phone.backButton(), h("h2", {}, "服务通知"), h("span", { class: "icon" })),
      this.scroller = h("div", { class: "scroll" }, this.list));
    this.draw();
  }

  get cards() {
    return this.phone.user.service;
  }

  get unread() {
    const seen = localStorage.getItem(this.key);
    return this.cards.length - (this.cards.findLastIndex(({ id }) => id === seen) + 1);
  }

  get key() {
    return `seen-service:${this.phone.user.key}`;
  }

  title(card) {
    return this.phone.desk.miniTemplates[card.template_id]?.title ?? "通知";
  }

  draw() {
    this.list.replaceChildren(...this.cards.map((card) => this.card(card)));
  }

  card(card) {
    const keys = this.phone.desk.miniTemplates[card.template_id]?.keys ?? {};
    const rows = Object.entries(keys).map(([key, label]) => h("div", {}, h("dt", {}, label), h("dd", {}, card.data[key] ?? "")));
    return h("button", {
      class: "note", "data-id": card.id, "data-kind": "subscribe", "data-page": card.page, onclick: () => this.phone.mini.open(card.page),
    }, h("div", { class: "from" }, accountFace(), this.phone.desk.mini?.name ?? "小程序"), h("h4", {}, this.title(card)), h("dl", {}, rows),
    h("div", { class: "more" }, "进入小程序查看", icon("next")));
  }

  // Among the chats, once something has come.
  row() {
    const last = this.cards.at(-1);
    if (!last) return null;
    const [first] = Object.values(last.data);
    return h("button", { class: "row", "data-act": "service", onclick: () => this.open() },
      h("span", { class: "face", style: "--tint:#fa9d3b" }, icon("chats")),
      h("div", {}, h("p", { class: "who" }, h("b", {}, "服务通知"), h("time", {}, whenText(last.at))), h("p", { class: "last" }, `[${this.title(last)}] ${first ?? ""}`)),
      this.unread ? h("span", { class: "badge" }, String(this.unread)) : null);
  }

  open() {
    localStorage.setItem(this.key, this.cards.at(-1)?.id ?? "");
    this.phone.screen.querySelector(".banner")?.remove();
    this.phone.go("service");
    requestAnimationFrame(() => { this.scroller.scrollTop = this.scroller.scrollHeight; });
  }

  receive(card) {
    this.cards.push(card);
    this.draw();
    if (this.phone.current === "service") this.open();
    else this.drop(card);
    this.phone.drawHome();
    this.phone.desk.drawTabs();
  }

  drop(card) {
    const { screen } = this.phone;
    screen.querySelector(".banner")?.remove();
    const [first] = Object.values(card.data);
    const banner = h("button", { class: "banner", onclick: () => this.open() }, h("span", { class: "face", style: "--tint:#fa9d3b" }, icon("chats")),
      h("span", {}, h("b", {}, "服务通知"), h("small", {}, first ?? "")));
    screen.append(banner);
    setTimeout(() => banner.remove(), BANNER_MS);
  }
}
