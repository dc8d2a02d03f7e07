// The local mail service's mode, the events published, and what the stack says about itself.
import { $, attr, h, keyed, show, text } from "./dom.js";
import { model } from "./model.js";
import { clock, t } from "./words.js";

let events = [];

// takeEvents keeps the list (oldest first, as the stack gives it).
export function takeEvents(list) {
  events = list;
}

export function renderEvents() {
  show($("events-empty"), events.length === 0);
  show($("events"), events.length > 0);
  const rows = events.map((event, i) => ({ event, k: `${i}/${event.id ?? ""}` })).reverse();
  keyed($("events"), rows, (r) => r.k, (r) => h("li", {}, h("details", { class: "event", "data-event": typeOf(r.event), "data-account": r.event.detail?.account },
    h("summary", {}, h("b", {}, typeOf(r.event)), h("span", { class: "event-who" }, String(r.event.detail?.account ?? "")), h("time", {})), h("pre", { tabindex: "0" }))), (node, { event }) => {
    text(node.querySelector("time"), clockOf(event));
    text(node.querySelector("pre"), JSON.stringify(event, null, 2));
  });
}

const typeOf = (event) => String(event["detail-type"] ?? event.detail_type ?? event.DetailType ?? event.type ?? "event");

function clockOf(event) {
  const moment = event.time ?? event.Time ?? event.at ?? event.published_at;
  return moment ? clock(moment) : "";
}

// takeInfo shows what the stack says about itself, and the mode of its mail service if it says that.
export function takeInfo(info) {
  text($("info"), JSON.stringify(info, null, 2));
  const mode = typeof info.ses === "string" ? info.ses : info.ses?.mode ?? info.ses_mode;
  if (mode) showMode(mode);
  model.host = info.password_mode === "host";
}

export function showMode(mode) {
  for (const radio of document.querySelectorAll('input[name="ses"]')) radio.checked = radio.value === mode;
  attr($("ses"), "data-mode", mode);
}

export const shownMode = () => $("ses").dataset.mode ?? "";

// wireControls calls choose(mode) when a person chooses another mode.
export function wireControls(choose) {
  for (const radio of document.querySelectorAll('input[name="ses"]')) radio.addEventListener("change", () => choose(radio.value));
}

export function showSesProblem(words) {
  show($("ses-error"), words !== "");
  text($("ses-error"), words);
}

// tellLink says whether the stack answers.
export function tellLink(state) {
  attr($("link-state"), "data-state", state);
  text($("link-state"), t(`link_${state}`));
}
