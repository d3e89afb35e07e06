// One phone: the screens of its WeChat and the way between them.

import { InnerBrowser } from "./browser.js";
import { MiniScreen } from "./mini-screen.js";
import { drawEntry, summary, timeLine } from "./chat.js";
import { accountFace, clockText, control, face, h, icon, whenText } from "./dom.js";
import { ServiceScreen } from "./service.js";
import { Tools } from "./tools.js";

const TABS = [["chats", "chats", "微信"], ["book", "book", "通讯录"], ["compass", "compass", "发现"], ["me", "me", "我"]];
const BANNER_MS = 4000;
const SIGNALS = "M1 9h2v3H1zm4-2h2v5H5zm4-2.5h2V12H9zM13 2h2v10h-2zM27 3.5c2.3 0 4.4.9 6 2.4l1-1.1A10.2 10.2 0 0 0 27 2c-2.7 0-5.1 1-7 2.8l1 1.1a8.7 8.7 0 0 1 6-2.4zm0 3.4c1.4 0 2.7.5 3.7 1.5l1-1.1A6.8 6.8 0 0 0 27 5.4c-1.8 0-3.5.7-4.7 1.9l1 1.1c1-1 2.3-1.5 3.7-1.5zm0 3.2-1.6.7L27 12l1.6-1.2z";

export class Phone {
  constructor(user, desk) {
    this.user = user;
    this.desk = desk;
    this.trail = ["home"];
    this.tab = "chats";
    this.screen = h("div", { class: "screen" });
    this.tools = new Tools(this);
    this.browser = new InnerBrowser(this);
    this.mini = new MiniScreen(this);
    this.service = new ServiceScreen(this);
    this.talk = h("div", { class: "talk", "data-role": "talk" });
    this.build();
    this.root = h("figure", { class: "place", "data-user": user.key },
      h("div", { class: "shell" }, h("div", { class: "phone" }, this.screen)),
      h("figcaption", {}, face(user.name, user.key), h("div", {},
        h("b", {}, `${user.name} · ${user.role}`), user.note ? h("small", {}, user.note) : null)));
    if (user.following) this.trail.push("chat");
    else this.trail.push("profile");
    this.drawChat();
    this.refresh();
  }

  get current() {
    return this.trail.at(-1);
  }

  build() {
    this.clock = h("span", {}, clockText());
    const signals = icon("none", { viewBox: "0 0 62 12" });
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", `${SIGNALS}M39 1.5h17a2.5 2.5 0 0 1 2.5 2.5v5a2.5 2.5 0 0 1-2.5 2.5H39A2.5 2.5 0 0 1 36.5 9V4A2.5 2.5 0 0 1 39 1.5zM59.5 5v3c.8-.2 1.2-.8 1.2-1.5S60.3 5.2 59.5 5z`);
    path.setAttribute("fill", "currentColor");
    signals.replaceChildren(path);
    this.home = h("section", { class: "view", "data-view": "home" });
    this.chat = h("section", { class: "view chat", "data-view": "chat" },
      h("header", { class: "top" }, this.backButton(), h("h2", {}, this.desk.account.name),
        h("button", { class: "icon", "aria-label": "公众号资料", "data-act": "profile", onclick: () => this.go("profile") }, icon("person"))),
      this.scroller = h("div", { class: "scroll" }, this.talk), this.tools.row);
    this.chat.addEventListener("click", () => this.tools.closeSub());
    this.profile = h("section", { class: "view profile", "data-view": "profile" });
    this.scan = h("section", { class: "view scan sheeted", "data-view": "scan" });
    this.views = { home: this.home, chat: this.chat, profile: this.profile, scan: this.scan, browser: this.browser.view, mini: this.mini.view, service: this.service.view };
    this.screen.append(...Object.values(this.views), h("div", { class: "island" }),
      h("div", { class: "status" }, this.clock, signals), h("div", { class: "homebar" }));
  }

  backButton() {
    return h("button", { class: "icon", "aria-label": "返回", "data-act": "back", onclick: () => this.goBack() }, icon("back"));
  }

  // ------------------------------------------------------------------------- the way about

  go(view) {
    if (this.current !== view) this.trail.push(view);
    this.refresh();
  }

  goBack() {
    if (this.trail.length > 1) this.trail.pop();
    this.refresh();
  }

  refresh() {
    if (this.current === "chat") this.markSeen();
    this.drawHome();
    this.drawProfile();
    if (this.current === "scan") this.drawScan();
    for (const [name, view] of Object.entries(this.views)) {
      const depth = this.trail.lastIndexOf(name);
      view.dataset.at = name === this.current ? "here" : depth >= 0 ? "before" : "after";
      view.style.zIndex = depth >= 0 ? depth + 1 : 10;
      view.inert = name !== this.current;
    }
    this.screen.classList.toggle("dark", this.current === "scan");
    this.screen.querySelector(".pop")?.remove();
    if (this.current === "chat" || this.current === "service") this.screen.querySelector(".banner")?.remove();
    if (this.current === "chat") this.toEnd();
    this.desk.drawTabs();
  }

  toEnd() {
    requestAnimationFrame(() => { this.scroller.scrollTop = this.scroller.scrollHeight; });
  }

  toast(words) {
    this.screen.querySelector(".toast")?.remove();
    const note = h("div", { class: "toast", role: "status" }, words);
    this.screen.append(note);
    setTimeout(() => note.remove(), 2200);
  }

  // Do something as this person; what comes of it arrives through the socket.
  async act(name, body = {}) {
    try {
      const outcome = await control(`users/${encodeURIComponent(this.user.key)}/${name}`, body);
      if (outcome.profile) this.go("profile");
      else if (outcome.open_url) this.showPage(outcome.open_url);
      return outcome;
    } catch (error) {
      this.toast(error.message);
      return null;
    }
  }

  // A link leads to this person's own place in the application; the simulator knows which.
  openLink(url) {
    return this.act("open", { url });
  }

  showPage(url) {
    this.browser.open(this.desk.near(url));
    this.go("browser");
  }

  // -------------------------------------------------------------------------------- the chat

  drawChat() {
    this.talk.replaceChildren();
    if (!this.user.chat.length) {
      this.talk.append(h("div", { class: "empty" }, accountFace(), h("b", {}, this.desk.account.name), "点下面的菜单，或者说句话试试"));
    }
    let before = null;
    for (const entry of this.user.chat) {
      this.append(entry, before);
      before = entry;
    }
  }

  append(entry, before) {
    const line = timeLine(entry, before);
    if (line) this.talk.append(line);
    this.talk.append(drawEntry(entry, this));
  }

  receive(entry) {
    const before = this.user.chat.at(-1);
    if (!before) this.talk.replaceChildren();
    this.user.chat.push(entry);
    this.append(entry, before);
    if (this.current === "chat") {
      this.markSeen();
      this.toEnd();
    } else if (entry.side === "account") {
      this.drop(entry);
    }
    this.drawHome();
    this.desk.drawTabs();
  }

  // The banner that drops from above while one is elsewhere.
  drop(entry) {
    this.screen.querySelector(".banner")?.remove();
    const banner = h("button", { class: "banner", onclick: () => { banner.remove(); this.trail = ["home", "chat"]; this.refresh(); } },
      accountFace(), h("span", {}, h("b", {}, this.desk.account.name), h("small", {}, summary(entry, this.desk.templates))));
    this.screen.append(banner);
    setTimeout(() => banner.remove(), BANNER_MS);
  }

  markSeen() {
    localStorage.setItem(`seen:${this.user.key}`, this.user.chat.at(-1)?.id ?? "");
  }

  get unread() {
    const seen = localStorage.getItem(`seen:${this.user.key}`);
    const from = this.user.chat.findLastIndex((entry) => entry.id === seen) + 1;
    return this.user.chat.slice(from).filter((entry) => entry.side === "account").length;
  }

  // A person followed or left: another first screen.
  changed(user) {
    const { following } = this.user;
    Object.assign(this.user, user);
    if (following && !user.following) {
      this.user.chat.length = 0;
      this.drawChat();
      this.trail = ["home", "profile"];
    } else if (!following && user.following) {
      this.trail = ["home", "chat"];
    }
    this.refresh();
  }

  // ----------------------------------------------------------------------------- first screens

  drawHome() {
    const title = { chats: "微信", book: "通讯录", compass: "发现", me: "" }[this.tab];
    const plus = h("button", { class: "icon", "aria-label": "更多功能", "data-act": "plus", onclick: () => this.togglePop() }, icon("plus"));
    const bottom = h("nav", { class: "bottom" }, TABS.map(([key, picture, words]) =>
      h("button", { "aria-selected": String(key === this.tab), onclick: () => { this.tab = key; this.drawHome(); } }, icon(picture), words,
        key === "chats" && this.unread ? h("span", { class: "badge" }, String(this.unread)) : null)));
    this.home.replaceChildren(
      h("header", { class: "top" }, h("span", { class: "icon" }), h("h2", {}, title), this.tab === "chats" ? plus : h("span", { class: "icon" })),
      h("div", { class: "scroll" }, this[`draw_${this.tab}`]()), bottom);
  }

  draw_chats() {
    const last = this.user.chat.at(-1);
    const words = this.user.following ? summary(last, this.desk.templates) : "点这里关注公众号";
    const own = h("button", { class: "row", "data-act": "account", onclick: () => this.go(this.user.following ? "chat" : "profile") },
      accountFace(), h("div", {}, h("p", { class: "who" }, h("b", {}, this.desk.account.name), last ? h("time", {}, whenText(last.at)) : null), h("p", { class: "last" }, words)),
      this.unread ? h("span", { class: "badge" }, String(this.unread)) : null);
    const still = (name, said, tint) => h("div", { class: "row still" },
      h("span", { class: "face", style: `--tint:${tint}` }, name.slice(0, 1)),
      h("div", {}, h("p", { class: "who" }, h("b", {}, name), h("time", {}, "昨天")), h("p", { class: "last" }, said)));
    return h("div", { class: "rows" }, own, this.service.row(), still("家人", "妈：周末回来吃饭吗", "#e0a458"), still("文件传输助手", "[图片]", "#5ba6e0"), still("微信团队", "登录操作通知", "#7a9e7e"));
  }

  draw_book() {
    return h("div", { class: "rows" }, this.slim("公众号", accountFace(), () => this.go(this.user.following ? "chat" : "profile")));
  }

  draw_compass() {
    const tile = h("span", { class: "face", style: "--tint:#576b95" }, icon("scan"));
    return h("div", { class: "rows" }, this.slim("扫一扫", tile, () => this.go("scan"), "scan"), this.mini.row());
  }

  draw_me() {
    return h("div", { class: "mine" }, face(this.user.name, this.user.key), h("div", {}, h("b", {}, this.user.name), h("small", {}, this.user.role)));
  }

  slim(words, picture, onclick, act = null) {
    return h("button", { class: "row slim", "data-act": act, onclick }, picture, h("div", {}, words), icon("next", { class: "go" }));
  }

  togglePop() {
    const open = this.home.querySelector(".pop");
    if (open) open.remove();
    else this.home.append(h("div", { class: "pop" }, h("button", { "data-act": "scan", onclick: () => this.go("scan") }, icon("scan"), "扫一扫")));
  }

  drawProfile() {
    const { following } = this.user;
    const acts = following
      ? [h("button", { class: "big", "data-act": "talk", onclick: () => { this.trail = ["home", "chat"]; this.refresh(); } }, "发消息"),
        h("button", { class: "big grey off", "data-act": "unfollow", onclick: () => this.act("unfollow") }, "不再关注")]
      : [h("button", { class: "big", "data-act": "follow", onclick: () => this.act("follow") }, "关注公众号")];
    const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    this.profile.replaceChildren(
      h("header", { class: "top" }, this.backButton(), h("h2", {}, ""), h("span", { class: "icon" })),
      h("div", { class: "scroll" },
        h("div", { class: "card" },
          h("div", { class: "head" }, accountFace(), h("div", {}, h("b", {}, this.desk.account.name), h("small", {}, "服务号"))),
          h("p", {}, "老师的通知送到每个家，看过、确认过，心里都有数。"),
          h("div", { class: "act" }, acts)),
        h("div", { class: "facts" }, h("dl", {}, fact("账号主体", "演示账号，只在这台机器上"), fact("微信认证", "已认证")))));
  }

  // -------------------------------------------------------------------------------- scanning

  drawScan() {
    const hits = this.desk.codes(this);
    const input = h("input", { placeholder: "粘贴二维码的内容或场景值", "aria-label": "二维码内容", "data-act": "scan-input" });
    const scan = (scene) => {
      this.goBack();
      if (/^https?:\/\/(?!weixin\.qq\.com\/q\/)/.test(scene)) this.openLink(scene);
      else this.scanned(scene);
    };
    this.scan.replaceChildren(
      h("header", { class: "top" }, h("button", { class: "icon", "aria-label": "关闭", "data-act": "back", onclick: () => this.goBack() }, icon("close")), h("h2", {}, "扫一扫"), h("span", { class: "icon" })),
      h("div", { class: "lens" }, h("i", {})),
      h("div", { class: "scroll found" },
        h("h3", {}, hits.length ? "镜头前的二维码，点一下就扫" : "别的手机上打开的二维码会出现在这里"),
        hits.map((hit) => h("button", { class: "hit", "data-scene": hit.scene, onclick: () => scan(hit.scene) },
          hit.picture ? h("img", { src: hit.picture, alt: "" }) : null, h("span", {}, hit.label, h("small", {}, `在${hit.owner}的手机上`)))),
        h("form", { onsubmit: (event) => { event.preventDefault(); if (input.value.trim()) scan(input.value.trim()); } }, input, h("button", { type: "submit" }, "扫"))));
  }

  async scanned(scene) {
    const outcome = await this.act("scan", { scene });
    if (outcome && !outcome.profile) {
      this.trail = ["home", "chat"];
      this.refresh();
    }
  }
}
