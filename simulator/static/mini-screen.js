// The mini-program on a phone: the shipped files in a frame of their own, under the capsule that closes them.

import { h, icon } from "./dom.js";

const START = "pages/home/index";

export class MiniScreen {
  constructor(phone) {
    this.phone = phone;
    this.body = h("div", { style: "display:contents" });
    this.view = h("section", { class: "view mini sheeted", "data-view": "mini" }, this.body,
      h("button", { class: "leave", "aria-label": "关闭小程序", "data-act": "mini-close", onclick: () => phone.goBack() }));
  }

  // Its line among what WeChat has besides chats; without a mini-program the line says why.
  row() {
    const { mini } = this.phone.desk;
    if (!mini) return null;
    const words = h("span", {}, "小程序", h("small", {}, mini.why || `${mini.name}，最近使用`));
    const tile = h("span", { class: "face account" }, icon("goose"));
    return this.phone.slim(words, tile, () => this.open(), "mini");
  }

  // As WeChat does, it is still where one left it when it is opened again without a page.
  open(page = "") {
    const { desk, user } = this.phone;
    if (desk.mini?.why) {
      this.phone.toast(desk.mini.why);
      return;
    }
    if (!this.body.firstChild || page) {
      const src = `/simulator/mini/${encodeURIComponent(user.key)}/index.html#/${page || START}`;
      this.body.replaceChildren(h("iframe", { title: `${user.name}的小程序`, src }));
    }
    this.phone.go("mini");
  }
}
