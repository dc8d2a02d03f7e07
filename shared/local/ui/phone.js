// The account holder's phone: the tabs of accounts, and the card of the made-up shop.
import { $, attr, h, keyed, show, text } from "./dom.js";
import { activeAccount, model } from "./model.js";
import { showProblem } from "./problem.js";
import { clock, dateTime, duration, known, t } from "./words.js";

// renderPhone shows the model; nothing that is right already is touched.
export function renderPhone(actions) {
  const account = activeAccount();
  renderTabs(actions);
  show($("sign-in-panel"), model.adding);
  attr($("add-account"), "aria-expanded", String(model.adding));
  show($("add-account"), model.accounts.length > 0);
  show($("card"), Boolean(account));
  if (account) renderCard(account);
  if (model.adding && model.signInProblem) showProblem(model.signInProblem, "sign-in", {});
  else showProblem(account?.problem ?? null, account?.slot ?? "bind", actions);
}

function renderTabs(actions) {
  keyed($("accounts"), model.accounts, (a) => a.id, (a) => h("button", {
    type: "button", role: "tab", class: "tab", "data-account": a.id, "aria-controls": "card", onclick: () => actions.activate(a.id),
  }, h("span", { class: "dot", "aria-hidden": "true" }), h("span", { class: "tab-name" })), (tab, a) => {
    const on = a.id === model.active;
    attr(tab, "aria-selected", String(on));
    attr(tab, "tabindex", on ? "0" : "-1");
    attr(tab.firstElementChild, "data-state", stateOf(a));
    text(tab.lastElementChild, a.label || a.id);
    attr(tab, "title", `${a.id} · ${t(`state_${stateOf(a)}`)}`);
  });
}

const stateOf = (account) => (account.lost ? "lost" : account.status?.state ?? "wait");

function renderCard(account) {
  const status = account.status ?? {};
  const state = stateOf(account);
  text($("shop-title"), account.label || account.id);
  text($("who"), account.id);
  show($("ref-part"), Boolean(status.ref));
  text($("ref"), status.ref ?? "");
  attr($("state"), "data-state", state);
  text($("state"), known(`state_${state}`) ? t(`state_${state}`) : state);
  attr($("card"), "data-state", state);
  show($("pending"), state === "pending");
  show($("bound"), state === "bound");
  if (state === "pending") {
    text($("check"), status.check ?? "");
    text($("address"), status.address ?? "");
  }
  if (state === "bound") {
    text($("bound-address"), status.address ?? "");
    text($("bound-since"), status.bound_at ? t("bound_since", { time: dateTime(status.bound_at) }) : "");
  }
  renderNotice(state, account);
  const health = state === "lost" ? "" : status.health;
  show($("health"), Boolean(health) && health !== "ok");
  text($("health"), health ? t("health_text", { value: known(`health_${health}`) ? t(`health_${health}`) : health }) : "");
  renderMailPart(account, state, status);
  renderForms(account, state);
  tick(account);
}

function renderNotice(state, account) {
  const words = ["expired", "denied", "lost"].includes(state);
  show($("notice"), words);
  attr($("notice"), "data-state", state);
  if (!words) return;
  text($("notice-title"), t(`${state}_title`));
  text($("notice-text"), t(`${state}_text`));
  // A denied claim comes without its address; this phone still knows what it asked for.
  const address = state === "lost" ? "" : account.status.address ?? account.mailTo;
  text($("notice-address"), address);
  show($("notice-address"), address !== "");
}

function renderForms(account, state) {
  const kind = state === "pending" ? "rebind" : state === "bound" ? "bound_try" : "bind";
  show($("bind-form"), state !== "wait" && state !== "lost");
  attr($("bind-form"), "data-kind", kind);
  text($("bind-title"), t(`${kind}_title`));
  text($("bind-intro"), t(`${kind}_intro`));
  for (const id of ["bind", "verify", "resend"]) attr($(id), "aria-disabled", String(account.busy));
}

function renderMailPart(account, state, status) {
  show($("mail-part"), account.timeline.length > 0 && state !== "lost");
  // The nodes of one account must not be taken for those of another: the key names both.
  keyed($("timeline"), account.timeline.map((entry, i) => ({ ...entry, k: `${account.id}/${account.timeline[0].at}/${i}` })),
    (e) => e.k, () => h("li", {}, h("time", {}), h("p", {}, h("b", {}), h("span", {}))), renderEntry);
  const next = status.mail?.next;
  const words = next ? t("next", { words: known(`next_${next}`) ? t(`next_${next}`) : next }) : "";
  show($("next"), state === "pending" && words !== "");
  text($("next"), words);
  show($("resend-part"), state === "pending");
}

const tones = { queued: "wait", sent: "on", delayed: "warn", delivered: "good", bounced: "bad", complained: "bad", "not-sent": "bad" };

function renderEntry(node, entry) {
  const [time, line] = node.children;
  attr(time, "datetime", new Date(entry.at).toISOString());
  text(time, clock(entry.at));
  attr(node, "data-fate", entry.fate ?? "asked");
  attr(node, "data-reason", entry.reason ?? "");
  attr(node, "data-tone", entry.reason === "late" ? "warn" : entry.asked ? "asked" : tones[entry.fate] ?? "on");
  const [fate, reason] = line.children;
  if (entry.asked) {
    text(fate, t(`asked_${entry.asked}`, { address: entry.address ?? "" }));
    text(reason, "");
    return;
  }
  const name = entry.reason === "late" ? "late" : entry.fate;
  text(fate, known(`fate_${name}`) ? t(`fate_${name}`) : name);
  const hint = known(`fate_hint_${entry.fate}`) ? t(`fate_hint_${entry.fate}`) : "";
  text(reason, entry.reason ? (known(`reason_${entry.reason}`) ? t(`reason_${entry.reason}`) : entry.reason) : hint);
}

// tick brings the countdowns up to date; it runs every second.
export function tick(account = activeAccount()) {
  if (account?.status?.state !== "pending" || account.lost) return;
  const now = Date.now();
  countdown($("expires"), account.status.expires_at, now, "over");
  const wait = countdown($("resend-at"), account.status.resend_at, now, "now");
  attr($("resend"), "data-ready", String(wait <= 0));
  text($("resend-hint"), wait > 0 ? t("resend_wait", { time: duration(wait) }) : t("resend_ready"));
}

// countdown shows the time until moment and gives it in seconds; with no moment it has passed.
function countdown(node, moment, now, passed) {
  const left = moment ? (Date.parse(moment) - now) / 1000 : 0;
  attr(node, "datetime", moment ?? "");
  text(node, left > 0 ? duration(left) : t(passed));
  return left;
}
