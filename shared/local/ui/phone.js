// The account holder's phone: the tabs of accounts, and the card of the made-up shop.
import { $, attr, h, keyed, show, text } from "./dom.js";
import { renderHealth } from "./health.js";
import { activeAccount, model } from "./model.js";
import { showProblem } from "./problem.js";
import { confirming, renderMailPart, tickMail } from "./timeline.js";
import { dateTime, known, t } from "./words.js";

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
  renderHealth(account, state, status);
  renderProof(state, status);
  renderMailPart(account, state, status);
  renderForms(account, state, status);
  tick(account);
}

function renderNotice(state, account) {
  const words = ["expired", "denied", "lost"].includes(state);
  show($("notice"), words);
  attr($("notice"), "data-state", state);
  if (!words) return;
  text($("notice-title"), t(`${state}_title`));
  const said = state === "denied" ? account.status.advice : undefined; // in the session's language, as the API says it
  attr($("notice-text"), "lang", said ? account.locale : model.language);
  text($("notice-text"), said ? `${said.what} ${said.do}` : t(`${state}_text`));
  // A denied claim comes without its address; this phone still knows what it asked for.
  const address = state === "lost" ? "" : account.status.address ?? account.mailTo;
  text($("notice-address"), address);
  show($("notice-address"), address !== "");
}

// renderProof shows what the holder has to prove the mailbox with. The field for the code stays whatever became of the mail: one that
// arrived after all is as good as any.
function renderProof(state, status) {
  const again = state === "bound" && confirming(status);
  show($("proof"), state === "pending" || again);
  show($("address-part"), state === "pending");
  text($("expires-label"), t(again ? "expires_code" : "expires"));
  text($("code-label"), t(again ? "code_again" : "code"));
}

function renderForms(account, state, status) {
  const other = state === "pending" && status.mail?.next === "other-address";
  const kind = other ? "other" : state === "pending" ? "rebind" : state === "bound" ? "bound_try" : "bind";
  show($("bind-form"), state !== "wait" && state !== "lost");
  attr($("bind-form"), "data-kind", kind);
  text($("bind-title"), t(`${kind}_title`));
  text($("bind-intro"), t(`${other ? "rebind" : kind}_intro`));
  show($("endings-part"), state !== "bound");
  for (const id of ["bind", "verify", "resend", "reconfirm"]) attr($(id), "aria-disabled", String(account.busy));
}

// tick brings the countdowns up to date; it runs every second.
export function tick(account = activeAccount()) {
  const status = account?.status;
  if (account?.lost || (status?.state !== "pending" && !confirming(status))) return;
  tickMail(status, Date.now());
}
