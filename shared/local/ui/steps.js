// Each step done, as the curl line that does the same, with the real answer.
import { curl, requests } from "./api.js";
import { $, attr, copy, h, keyed, show, text } from "./dom.js";
import { activeAccount, model } from "./model.js";
import { clock, t } from "./words.js";

const most = 40;

// recordStep keeps a step: name is the key of its words, who the account's id or empty.
export function recordStep(name, who, request, variable, reply) {
  model.stepCount++;
  model.steps.unshift({ n: model.stepCount, at: Date.now(), name, who, line: curl(request, variable), ...answerOf(reply) });
  model.steps.length = Math.min(model.steps.length, most);
}

function answerOf(reply) {
  if (reply.status === 0) return { status: 0, head: "", body: "" };
  const head = [`HTTP ${reply.status}`, reply.type, reply.retryAfter && `Retry-After: ${reply.retryAfter}`, `${reply.ms} ms`];
  return { status: reply.status, head: head.filter(Boolean).join(" · "), body: pretty(reply) };
}

const pretty = (reply) => (reply.body === undefined ? reply.text : JSON.stringify(reply.body, null, 2));

export function renderSteps() {
  show($("curl-empty"), model.steps.length === 0);
  show($("clear-steps"), model.steps.length > 0);
  const newest = model.steps[0]?.n;
  keyed($("curl"), model.steps, (s) => s.n, (s) => stepNode(s, s.n === newest), updateStep);
}

function stepNode(step, open) {
  // Only the newest step is open, but what a person opened stays open.
  for (const other of $("curl").querySelectorAll("details[data-auto]")) other.open = false;
  const summary = h("summary", {}, h("span", { class: "step-n" }, String(step.n)), h("b", {}), h("span", { class: "step-who" }), h("span", { class: "pill" }), h("time", {}));
  const button = h("button", { type: "button", class: "small copy", onclick: () => copy(step.line, button, t("copied")) });
  const details = h("details", { class: "step", "data-auto": true, "data-step": step.name, open }, summary,
    h("div", { class: "step-line" }, h("pre", { class: "curl-line", tabindex: "0" }, step.line), button),
    h("p", { class: "answer-head" }), h("pre", { class: "answer", tabindex: "0" }));
  summary.addEventListener("click", () => details.removeAttribute("data-auto"));
  return h("li", {}, details);
}

function updateStep(node, step) {
  const details = node.firstElementChild;
  const [, title, who, pill, time] = details.firstElementChild.children;
  text(title, t(`step_${step.name}`));
  text(who, step.who);
  text(pill, step.status ? String(step.status) : t("no_answer"));
  attr(pill, "data-class", String(Math.floor(step.status / 100)));
  text(time, clock(step.at));
  const button = details.querySelector(".copy");
  if (button.dataset.was === undefined) text(button, t("copy"));
  attr(button, "aria-label", t("copy_curl", { step: t(`step_${step.name}`) }));
  text(details.querySelector(".answer-head"), step.head || t("no_answer"));
  text(details.querySelector(".answer"), step.body || t("empty_answer"));
}

// renderLive shows the question that the page asks every second, with its newest answer.
export function renderLive() {
  const account = activeAccount();
  const box = $("live");
  show(box, Boolean(account?.live));
  if (!account?.live) return;
  if (!box.firstElementChild) {
    const button = h("button", { type: "button", class: "small copy" });
    button.addEventListener("click", () => copy(box.querySelector(".curl-line").textContent, button, t("copied")));
    box.append(h("p", { class: "live-title" }, h("span", { class: "pulse", "aria-hidden": "true" }), h("b", {}), h("span", { class: "step-who" }), h("span", { class: "pill" })),
      h("div", { class: "step-line" }, h("pre", { class: "curl-line", tabindex: "0" }), button), h("pre", { class: "answer", id: "live-answer", tabindex: "0" }));
  }
  const [, title, who, pill] = box.firstElementChild.children;
  attr(box, "data-on", String(!account.lost));
  text(title, t("step_live"));
  text(who, account.id);
  text(pill, account.live.status ? String(account.live.status) : t("no_answer"));
  attr(pill, "data-class", String(Math.floor(account.live.status / 100)));
  text(box.querySelector(".curl-line"), curl(requests.status(), account.variable));
  const button = box.querySelector(".copy");
  if (button.dataset.was === undefined) text(button, t("copy"));
  attr(button, "aria-label", t("copy_curl", { step: t("step_live") }));
  text($("live-answer"), account.live.body || t("empty_answer"));
}

// liveAnswer is what renderLive needs of a reply.
export const liveAnswer = (reply) => ({ status: reply.status, body: pretty(reply) });
