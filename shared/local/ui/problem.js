// A refusal, in plain words, with its name and its members: the element #error.
import { $, h, show } from "./dom.js";
import { duration, known, t } from "./words.js";

// showProblem shows problem in the slot of the form it belongs to; null hides it. actions may hold
// useSuggestion(address), keepTyped(), signInAgain(): what the person can do about it.
export function showProblem(problem, slot, actions) {
  const box = $("error");
  const place = slotFor(slot);
  if (place !== box.parentElement) place.append(box);
  const print = JSON.stringify(problem) + document.documentElement.lang;
  if (box.dataset.print !== print) {
    box.dataset.print = print;
    box.dataset.name = problem?.name ?? "";
    box.replaceChildren(...(problem ? parts(problem, actions) : []));
  }
  show(box, Boolean(problem));
}

// slotFor finds where to show it: a form that has gone meanwhile gives way to the form for the address.
function slotFor(name) {
  const place = document.querySelector(`[data-slot="${name}"]`);
  return place && !place.closest("[hidden]") ? place : document.querySelector('[data-slot="bind"]');
}

function parts(problem, actions) {
  const list = [h("p", { class: "error-title" }, plain(problem))];
  if (problem.local) return list; // this page's own word, no answer of the service
  const status = problem.status ? `HTTP ${problem.status}` : t("no_answer");
  list.push(h("p", { class: "error-name" }, h("code", { id: "error-name" }, problem.name), h("span", {}, status)));
  const said = [problem.title, problem.detail].filter(Boolean).join(" — ");
  if (said) list.push(h("p", { class: "error-said" }, t("answer_says", { words: said })));
  const members = Object.entries(problem.members ?? {});
  if (members.length > 0) {
    list.push(h("dl", { class: "members" }, ...members.map(([name, value]) => h("div", { "data-member": name },
      h("dt", {}, known(`m_${name}`) ? t(`m_${name}`) : "", " ", h("code", {}, name)), h("dd", {}, memberValue(name, value))))));
  }
  const buttons = remedies(problem, actions);
  if (buttons.length > 0) list.push(h("div", { class: "remedies" }, ...buttons));
  return list;
}

export function plain(problem) {
  if (problem.name === "gateway") {
    const own = `e_gateway_${problem.status}`;
    return known(own) ? `${t(own)} (${problem.message})` : t("e_gateway", problem);
  }
  return known(`e_${problem.name}`) ? t(`e_${problem.name}`) : problem.title || t("e_other");
}

function memberValue(name, value) {
  if (name === "retry_after" && Number.isFinite(Number(value))) return duration(Number(value));
  if (name === "reason" && known(`reason_${value}`)) return `${t(`reason_${value}`)} (${value})`;
  if (name === "support" && /^(https|mailto):/.test(value)) return h("a", { href: value, target: "_blank", rel: "noopener" }, value);
  if (Array.isArray(value)) return value.map((one) => (known(`pw_${one}`) ? `${t(`pw_${one}`)} (${one})` : one)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function remedies(problem, actions) {
  const { suggestion } = problem.members ?? {};
  const list = [];
  if (typeof suggestion === "string" && suggestion && actions.useSuggestion) {
    list.push(h("button", { type: "button", id: "use-suggestion", onclick: () => actions.useSuggestion(suggestion) }, t("use_suggestion", { address: suggestion })));
  }
  if (problem.name === "likely-typo" && actions.keepTyped) {
    list.push(h("button", { type: "button", id: "keep-typed", onclick: () => actions.keepTyped() }, t("keep_typed")));
  }
  const stale = problem.name === "reauth-required" || (problem.name === "gateway" && problem.status === 401);
  if (stale && actions.signInAgain) {
    list.push(h("button", { type: "button", id: "error-sign-in", onclick: () => actions.signInAgain() }, t("sign_in_again")));
  }
  return list;
}
