// The row under a chat: the account's menu with its sub-menus, or the keyboard.

import { h, icon } from "./dom.js";

export class Tools {
  constructor(phone) {
    this.phone = phone;
    this.typing = false;
    this.row = h("footer", { class: "tools" });
    this.draw();
  }

  get buttons() {
    return this.phone.desk.menu?.button ?? [];
  }

  draw() {
    const typing = this.typing || !this.buttons.length;
    this.closeSub();
    this.row.replaceChildren(...(typing ? this.drawKeyboard() : this.drawMenu()));
  }

  flip(typing) {
    this.typing = typing;
    this.draw();
    if (typing) this.row.querySelector("input").focus();
  }

  drawMenu() {
    const flip = h("button", { class: "flip", "aria-label": "切换到键盘", "data-act": "keyboard", onclick: () => this.flip(true) }, icon("keyboard"));
    return [flip, ...this.buttons.map((top) => {
      const subs = top.sub_button ?? [];
      const button = h("button", { class: "top-button", "data-menu": top.name }, subs.length ? icon("lines") : null, top.name);
      button.addEventListener("click", (event) => {
        event.stopPropagation();
        if (!subs.length) this.tap(top);
        else if (this.sub?.dataset.of === top.name) this.closeSub();
        else this.openSub(button, top);
      });
      return button;
    })];
  }

  openSub(button, top) {
    this.closeSub();
    this.sub = h("div", { class: "submenu", "data-of": top.name }, top.sub_button.map((item) =>
      h("button", { "data-menu": item.name, onclick: () => { this.closeSub(); this.tap(item); } }, item.name)));
    this.row.append(this.sub);
    const middle = button.offsetLeft + button.offsetWidth / 2;
    const left = Math.max(8, Math.min(middle - this.sub.offsetWidth / 2, 367 - this.sub.offsetWidth));
    this.sub.style.left = `${left}px`;
    this.sub.style.setProperty("--tip", `${middle - left}px`);
  }

  closeSub() {
    this.sub?.remove();
    this.sub = null;
  }

  tap(item) {
    this.phone.act("tap", { key: item.key ?? item.url ?? item.name });
  }

  drawKeyboard() {
    const input = h("input", { "aria-label": "输入消息", "data-act": "input", maxlength: 2000, autocomplete: "off", enterkeyhint: "send" });
    const send = h("button", { class: "send", type: "submit", "data-act": "send", hidden: true }, "发送");
    const plus = h("span", { class: "deco" }, icon("plus"));
    input.addEventListener("input", () => {
      send.hidden = !input.value.trim();
      plus.hidden = !send.hidden;
    });
    const form = h("form", {
      onsubmit: (event) => {
        event.preventDefault();
        const text = input.value;
        if (!text.trim()) return;
        input.value = "";
        send.hidden = true;
        plus.hidden = false;
        this.phone.act("say", { text });
      },
    }, input, h("span", { class: "deco" }, icon("smile")), plus, send);
    const back = h("button", { class: "flip", "aria-label": "切换到菜单", "data-act": "menu", onclick: () => this.flip(false) }, icon("menu"));
    return this.buttons.length ? [back, form] : [form];
  }
}
