// Words and times in the language of the page.
import { en } from "./words-en.js";
import { zh } from "./words-zh.js";

const books = { en, zh };
let book = en;
let language = "en";

export const currentLanguage = () => language;

export function useLanguage(name) {
  language = books[name] ? name : "en";
  book = books[language];
  document.documentElement.lang = language === "zh" ? "zh-CN" : "en";
}

// t gives the words of key; {name} is replaced by params.name. An unknown key is a defect of this
// page and shows as itself.
export function t(key, params = {}) {
  return (book[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(params[name] ?? ""));
}

// known says whether the books have words for key: the service may use a value that is newer than this page.
export const known = (key) => Object.hasOwn(book, key);

// fillWords writes the words of all elements that name them with data-t, data-t-label, data-t-placeholder.
export function fillWords(root = document) {
  for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of root.querySelectorAll("[data-t-label]")) node.setAttribute("aria-label", t(node.dataset.tLabel));
  for (const node of root.querySelectorAll("[data-t-placeholder]")) node.setAttribute("placeholder", t(node.dataset.tPlaceholder));
}

// duration says a number of seconds in its two largest units: "23 h 59 min", "42 s".
export function duration(seconds) {
  const s = Math.max(0, Math.ceil(seconds));
  const [d, hr, m] = [Math.floor(s / 86400), Math.floor((s % 86400) / 3600), Math.floor((s % 3600) / 60)];
  const units = language === "zh" ? ["天", "小时", "分", "秒"] : ["d", "h", "min", "s"];
  const values = [d, hr, m, s % 60];
  const first = values.findIndex((v) => v > 0);
  if (first < 0) return `0 ${units[3]}`;
  return values.slice(first, first + 2).map((v, i) => `${v} ${units[first + i]}`).join(" ");
}

// clock gives the local time of day of a moment, with seconds.
export const clock = (moment) => new Date(moment).toLocaleTimeString(language === "zh" ? "zh-CN" : "en-GB", { hour12: false });

// stamp gives the time of day of a moment of today, and of another day its date too.
export const stamp = (moment) => (new Date(moment).toDateString() === new Date().toDateString() ? clock(moment) : dateTime(moment));

export const dateTime = (moment) => new Date(moment).toLocaleString(language === "zh" ? "zh-CN" : "en-GB", { dateStyle: "medium", timeStyle: "short" });
