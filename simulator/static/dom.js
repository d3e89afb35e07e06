// Building elements without ever touching innerHTML with words from outside.

export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") element.style.cssText = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export function icon(name, attributes = {}) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("aria-hidden", "true");
  for (const [key, value] of Object.entries(attributes)) svg.setAttribute(key, value);
  const use = document.createElementNS(space, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

const TINTS = ["#e8985e", "#5b8def", "#b57edc", "#4fa98a", "#d9728a", "#7a8fa6"];

export function face(name, key = name) {
  let sum = 0;
  for (const letter of key) sum = (sum * 31 + letter.codePointAt(0)) % 9973;
  return h("span", { class: "face", style: `--tint:${TINTS[sum % TINTS.length]}` }, name.slice(0, 1));
}

export function accountFace() {
  return h("span", { class: "face account" }, icon("goose"));
}

const two = (number) => String(number).padStart(2, "0");

export function clockText(date = new Date()) {
  return `${date.getHours()}:${two(date.getMinutes())}`;
}

// As WeChat writes times: today the clock, yesterday 昨天, else the day.
export function whenText(seconds) {
  const date = new Date(seconds * 1000);
  const day = (moment) => new Date(moment.getFullYear(), moment.getMonth(), moment.getDate());
  const ago = Math.round((day(new Date()) - day(date)) / 86400000);
  if (ago <= 0) return clockText(date);
  if (ago === 1) return `昨天 ${clockText(date)}`;
  return `${date.getMonth() + 1}月${date.getDate()}日 ${clockText(date)}`;
}

export async function control(path, body = {}) {
  const response = await fetch(`/simulator/control/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (answer.error) throw new Error(answer.error.message);
  return answer.data;
}
