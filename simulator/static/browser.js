// The browser inside WeChat: a page in a frame, with WeChat's bar, its steps back and its text size.

import { h, icon } from "./dom.js";

const SIZES = [1, 2, 3, 4];

export class InnerBrowser {
  constructor(phone) {
    this.phone = phone;
    this.level = Number(localStorage.getItem(`font:${phone.user.key}`)) || 2;
    this.visited = [];
    this.fontListeners = [];
    this.title = h("h2", {}, "");
    this.body = h("div", { style: "display:contents" });
    this.loading = h("i", { class: "loading" });
    this.backward = h("button", { class: "icon", "aria-label": "上一页", "data-act": "page-back", onclick: () => this.goBack() }, icon("back"));
    this.view = h("section", { class: "view browser sheeted", "data-view": "browser" },
      h("header", { class: "top" },
        h("button", { class: "icon", "aria-label": "关闭", "data-act": "page-close", onclick: () => this.close() }, icon("close")),
        this.title,
        h("button", { class: "icon", "aria-label": "更多", "data-act": "page-more", onclick: () => this.openSheet() }, icon("more"))),
      this.loading, this.body,
      h("footer", { class: "foot" }, this.backward,
        h("button", { class: "icon", "aria-label": "刷新", "data-act": "page-refresh", onclick: () => this.refresh() }, icon("refresh"))));
  }

  open(url) {
    this.visited = [];
    this.backward.disabled = true;
    this.title.textContent = "";
    if (!this.phone.desk.isNear(url)) {
      this.showAway(url);
      return;
    }
    this.frame = h("iframe", { title: `${this.phone.user.name}打开的网页`, src: url });
    this.frame.addEventListener("load", () => this.arrived());
    this.body.replaceChildren(this.frame);
    this.loading.classList.add("on");
    clearInterval(this.watch);
    this.watch = setInterval(() => this.readTitle(), 700);
  }

  showAway(url) {
    this.frame = null;
    this.title.textContent = "外部网页";
    this.body.replaceChildren(h("div", { class: "away" },
      h("p", {}, "这是校外的网页，模拟器不替你打开。"),
      h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, url)));
  }

  // The page's own window, when it is of this origin and therefore open to us.
  get page() {
    try {
      return this.frame?.contentWindow?.location.href ? this.frame.contentWindow : null;
    } catch {
      return null;
    }
  }

  arrived() {
    this.loading.classList.remove("on");
    const { page } = this;
    if (!page || page.location.href === "about:blank") return;
    const address = page.location.href;
    if (this.visited.at(-1) !== address) this.visited.push(address);
    this.backward.disabled = this.visited.length < 2;
    this.lendBridge(page);
    this.sendSize();
    this.readTitle();
  }

  // What pages in WeChat find in their window: closing, and word of a new text size.
  lendBridge(page) {
    this.fontListeners = [];
    const invoke = (name, _options, done) => {
      if (name === "closeWindow") this.close();
      done?.({ err_msg: `${name}:ok` });
    };
    page.WeixinJSBridge = {
      invoke,
      call: (name) => invoke(name),
      on: (name, listener) => { if (name === "menu:setfont") this.fontListeners.push(listener); },
    };
    page.document.dispatchEvent(new page.Event("WeixinJSBridgeReady"));
  }

  readTitle() {
    const title = this.page?.document.title;
    if (title) this.title.textContent = title;
  }

  sendSize() {
    this.frame?.contentWindow?.postMessage({ type: "font-size", level: this.level }, location.origin);
    for (const listener of this.fontListeners) listener({ fontSize: String(this.level) });
  }

  setSize(level) {
    this.level = level;
    localStorage.setItem(`font:${this.phone.user.key}`, String(level));
    this.sendSize();
  }

  // Our own steps: the window's history is shared by all frames of the page.
  goBack() {
    if (this.visited.length < 2) return;
    this.visited.pop();
    this.loading.classList.add("on");
    this.page?.location.replace(this.visited.at(-1));
  }

  refresh() {
    this.loading.classList.add("on");
    this.page?.location.reload();
  }

  close() {
    clearInterval(this.watch);
    this.phone.goBack();
    // Taken away after it has slid out, so that a page's timers and sockets end.
    setTimeout(() => { if (this.phone.current !== "browser") this.body.replaceChildren(); }, 300);
  }

  openSheet() {
    const away = () => { shade.remove(); sheet.remove(); };
    const slider = h("input", { type: "range", min: SIZES[0], max: SIZES.at(-1), step: 1, value: this.level, "aria-label": "字体大小", "data-act": "font-size" });
    slider.addEventListener("input", () => this.setSize(Number(slider.value)));
    const shade = h("div", { class: "shade", onclick: away });
    const sheet = h("div", { class: "sheet" },
      h("h3", {}, "调整字体"),
      h("div", { class: "size" }, h("span", {}, "A"), slider, h("span", {}, "A")),
      h("div", { class: "acts" },
        h("button", { onclick: () => { away(); this.refresh(); } }, icon("refresh"), "刷新"),
        h("button", { onclick: () => { away(); this.close(); } }, icon("close"), "关闭")));
    this.phone.screen.append(shade, sheet);
  }

  // The QR codes of the account that the open page shows, for other phones to scan.
  codes() {
    const images = this.page?.document.querySelectorAll("[data-qr-scene], [data-qr-url]") ?? [];
    return [...images].map((image) => ({
      scene: image.dataset.qrUrl || image.dataset.qrScene,
      label: image.dataset.qrLabel || image.alt || image.dataset.qrScene || "二维码",
      picture: image.currentSrc || image.src || "",
    }));
  }
}
