// What became of a mail: what this page has seen of it, as stations on a line, and what there is to do now.
import { $, attr, copy, h, keyed, show, text } from "./dom.js";
import { duration, known, stamp, t } from "./words.js";

// The API tells the newest fate only; the line is what this page has seen. An entry of account.timeline:
//   {at, fate, reason, what, do, support}   a station of the mail; what and do are the API's words, in the session's language
//   {at, asked, address}                    the person asked for a mail: bind, resend or confirm
//   {at, done}                              the end of what the mail was for: bound, confirmed or denied
// at is 0 for a station that the mail must have passed between two questions.
const passed = {
  sent: ["queued"], delayed: ["queued", "sent"], delivered: ["queued", "sent"], bounced: ["queued", "sent"], complained: ["queued", "sent"], "not-sent": ["queued"],
};
const early = ["queued", "not-sent", "sent", "delayed"]; // in their order: a step back among these is another mail

// observe adds to the account's line what status says more than the one before; asked is what status answers, if anything.
export function observe(account, before, status, now, asked) {
  const claimed = status.state === "pending" && (before?.address !== status.address || before?.check !== status.check);
  const opened = confirming(status) && !confirming(before);
  if (status.state === "none" || claimed || opened) begin(account);
  if (asked === "resend" || (asked === "bind" && claimed) || (asked === "confirm" && opened)) {
    account.timeline.push({ at: now, asked, address: status.address });
  }
  if (status.mail?.fate) observeMail(account.timeline, status.mail, now);
  const done = ended(before, status);
  if (done) account.timeline.push({ at: now, done });
}

// confirming says whether a mail is out by which the owner of a bound mailbox shows that it is still theirs.
export const confirming = (status) => status?.state === "bound" && Boolean(status.expires_at);

function begin(account) {
  account.timeline = [];
  account.round = (account.round ?? 0) + 1; // the nodes of one mail are not those of another
}

function ended(before, status) {
  if (before?.state === "pending" && ["bound", "denied"].includes(status.state)) return status.state;
  return confirming(before) && !confirming(status) && before.proved_at !== status.proved_at ? "confirmed" : "";
}

function observeMail(timeline, mail, now) {
  const { fate, reason, what, support } = mail;
  const at = Date.parse(mail.at) || 0;
  const news = { fate, reason, what, do: mail.do, support };
  const last = timeline.at(-1);
  if (last?.fate === fate) return void Object.assign(last, news, at && { at });
  const again = last?.fate && early.includes(fate) && early.indexOf(fate) < rank(last.fate);
  const from = again ? timeline.length : timeline.findLastIndex((e) => e.asked || e.fate === "queued");
  const seen = timeline.slice(Math.max(0, from)).map((e) => e.fate);
  for (const station of passed[fate] ?? []) {
    if (!seen.includes(station)) timeline.push({ at: 0, fate: station });
  }
  timeline.push({ at: at || now, ...news });
}

const rank = (fate) => (early.includes(fate) ? early.indexOf(fate) : early.length);

// lively says whether the next station may come within moments.
export const lively = (status) => ["queued", "sent"].includes(status?.mail?.fate);

const open = ["queued", "sent", "delayed"]; // the mail is on its way still

// renderMailPart shows the line, and below it the way to another mail.
export function renderMailPart(account, state, status) {
  show($("mail-part"), account.timeline.length > 0 && state !== "lost");
  const now = status.mail ? account.timeline.findLastIndex((e) => e.fate) : -1;
  keyed($("timeline"), account.timeline.map((entry, i) => ({ ...entry, current: i === now, k: `${account.id}/${account.round ?? 0}/${i}` })),
    (e) => e.k, makeEntry, (node, entry) => renderEntry(node, entry, account.locale));
  const next = status.mail?.next ?? "";
  attr($("mail-part"), "data-next", next);
  const asking = state === "pending" || confirming(status);
  show($("resend-part"), asking);
  show($("other-address"), state === "pending" && next === "other-address");
}

function makeEntry() {
  const button = h("button", { type: "button", class: "small" });
  const node = h("li", {}, h("div", { class: "station" }, h("b", {}), h("code", {})), h("time", {}), h("div", { class: "news" },
    h("p", { class: "what" }), h("p", { class: "do" }), h("p", { class: "support" }, h("span", {}), " ", h("code", {}), " ", button)));
  button.addEventListener("click", () => copy(node.querySelector(".support code").textContent, button, t("copied")));
  return node;
}

const tones = { queued: "wait", sent: "on", delayed: "warn", delivered: "good", bounced: "bad", complained: "bad", "not-sent": "bad", bound: "good", confirmed: "good", denied: "bad" };

function renderEntry(node, entry, locale) {
  const [station, time, news] = node.children;
  const name = entry.fate ?? entry.done ?? "asked";
  attr(node, "data-fate", entry.fate ?? (entry.done ? "done" : "asked"));
  attr(node, "data-reason", entry.reason ?? "");
  attr(node, "data-tone", entry.reason === "late" ? "warn" : tones[name] ?? name);
  attr(node, "data-live", String(entry.current && open.includes(entry.fate)));
  attr(node, "aria-current", entry.current ? "step" : "false");
  const key = entry.fate ? `station_${entry.fate}` : entry.done ? `done_${entry.done}` : `asked_${entry.asked}`;
  text(station.firstElementChild, known(key) ? t(key, { address: entry.address ?? "" }) : name);
  text(station.lastElementChild, entry.fate ? [entry.fate, entry.reason].filter(Boolean).join(" · ") : "");
  attr(time, "datetime", entry.at ? new Date(entry.at).toISOString() : "");
  text(time, entry.at ? stamp(entry.at) : "");
  show(news, Boolean(entry.current && entry.what));
  if (news.hidden) return;
  attr(news, "lang", locale);
  const [what, todo, support] = news.children;
  text(what, entry.what);
  text(todo, entry.do ?? "");
  show(support, Boolean(entry.support));
  attr(support, "lang", document.documentElement.lang);
  text(support.firstElementChild, t("support_is"));
  text(support.querySelector("code"), entry.support ?? "");
  const button = support.lastElementChild;
  if (button.dataset.was === undefined) text(button, t("copy"));
}

// tickMail brings the countdowns up to date.
export function tickMail(status, now) {
  countdown($("expires"), status.expires_at, now, "over");
  const wait = countdown($("resend-at"), status.resend_at, now, "now");
  const next = status.mail?.next ?? "";
  attr($("resend"), "data-ready", String(wait <= 0 && next !== "other-address" && next !== "try-tomorrow"));
  if (next === "other-address") return text($("resend-hint"), t("resend_useless"));
  if (next === "try-tomorrow") return text($("resend-hint"), t("resend_tomorrow", { time: duration(86400 - (now / 1000) % 86400) }));
  text($("resend-hint"), wait > 0 ? t("resend_wait", { time: duration(wait) }) : t("resend_ready"));
}

// countdown shows the time until moment and gives it in seconds; with no moment it has passed.
function countdown(node, moment, now, over) {
  const left = moment ? (Date.parse(moment) - now) / 1000 : 0;
  attr(node, "datetime", moment ?? "");
  text(node, left > 0 ? duration(left) : t(over));
  return left;
}
