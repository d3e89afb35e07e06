// What stands in the chat: bubbles, template cards, news, hints; and one line of it for the list.

import { accountFace, face, h, icon, whenText } from "./dom.js";

const PAUSE_SECONDS = 300;
const LINKS = /<a\b[^>]*?href=["']([^"']*)["'][^>]*>([\s\S]*?)<\/a>|(https?:\/\/[^\s<>"'，。）】]+)/gi;

// A text with the links WeChat allows in it: <a href> and bare addresses, nothing else.
export function withLinks(text, open) {
  const parts = [];
  let end = 0;
  for (const match of text.matchAll(LINKS)) {
    parts.push(text.slice(end, match.index));
    const [whole, marked, words, bare] = match;
    const url = (marked ?? bare).replaceAll("&amp;", "&");
    const label = bare ?? words;
    parts.push(h("a", { href: url, onclick: (event) => { event.preventDefault(); open(url); } }, label));
    end = match.index + whole.length;
  }
  parts.push(text.slice(end));
  return parts;
}

export function summary(entry, templates) {
  switch (entry?.kind) {
    case "text": return entry.text.replace(/<[^>]+>/g, "");
    case "hint": return entry.text;
    case "template": {
      const [first] = Object.values(entry.data);
      return `[${templates[entry.template_id]?.title ?? "服务通知"}] ${first ?? ""}`;
    }
    case "news": return `[图文] ${entry.articles[0].title}`;
    case "image": return "[图片]";
    case "voice": return "[语音]";
    default: return "";
  }
}

// The line with the time, when a while has passed since the entry before.
export function timeLine(entry, before) {
  if (before && entry.at - before.at < PAUSE_SECONDS) return null;
  return h("p", { class: "when" }, whenText(entry.at));
}

export function drawEntry(entry, phone) {
  const { desk, user } = phone;
  if (entry.side === "system") return h("p", { class: "hint" }, entry.text);
  if (entry.kind === "template") return drawTemplate(entry, phone);
  if (entry.kind === "news") return drawNews(entry, phone);
  const mine = entry.side === "me";
  const open = (url) => phone.openLink(url);
  const bubble = entry.kind === "text"
    ? h("div", { class: "bubble" }, entry.side === "me" ? entry.text : withLinks(entry.text, open))
    : h("div", { class: "bubble media" }, summary(entry, desk.templates));
  return h("div", { class: `said ${mine ? "me" : ""}`, "data-id": entry.id }, mine ? face(user.name, user.key) : accountFace(), bubble);
}

function drawTemplate(entry, phone) {
  const { desk } = phone;
  const template = desk.templates[entry.template_id] ?? { title: "服务通知", keys: {} };
  const rows = Object.entries(template.keys).map(([key, label]) =>
    h("div", {}, h("dt", {}, label), h("dd", {}, entry.data[key] ?? "")));
  const inside = [
    h("div", { class: "from" }, accountFace(), desk.account.name),
    h("h4", {}, template.title),
    h("dl", {}, rows),
  ];
  if (!entry.url) return h("div", { class: "note", "data-id": entry.id, "data-kind": "template" }, inside);
  inside.push(h("div", { class: "more" }, "查看详情", icon("next")));
  return h("button", {
    class: "note", "data-id": entry.id, "data-kind": "template", "data-url": entry.url, onclick: () => phone.openLink(entry.url),
  }, inside);
}

function drawNews(entry, phone) {
  const [first, ...others] = entry.articles;
  const open = (article) => () => phone.openLink(article.url);
  const big = h("button", { class: "note news", style: "margin:0;width:100%;border-radius:0", onclick: open(first), "data-url": first.url },
    first.picurl ? h("img", { class: "picture", src: phone.desk.near(first.picurl), alt: "" }) : null,
    h("h4", {}, first.title),
    first.description ? h("p", { class: "brief" }, first.description) : null,
    others.length || first.picurl ? null : h("div", { class: "more" }, "阅读全文", icon("next")));
  return h("div", { class: "note news", "data-id": entry.id, "data-kind": "news" }, big,
    others.map((article) => h("button", { class: "sub", onclick: open(article), "data-url": article.url }, article.title)));
}
