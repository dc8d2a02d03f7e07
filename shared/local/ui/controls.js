// The events published, and what the stack says about itself.
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
  keyed($("events"), rows, (r) => r.k, (r) => eventItem(r.event), (node, { event }) => {
    text(node.querySelector("time"), clockOf(event));
    text(node.querySelector("pre"), JSON.stringify(event, null, 2));
  });
}

// What the platform is to worry about, or may stop to.
const tones = { "binding.at_risk": "bad", "binding.disputed": "bad", "binding.denied": "warn", "binding.well": "good", "binding.bound": "good" };

function eventItem(event) {
  const type = typeOf(event);
  const { account, cause } = event.detail ?? {};
  return h("li", {}, h("details", { class: "event", "data-event": type, "data-account": account, "data-cause": cause, "data-tone": tones[type] },
    h("summary", {}, h("b", {}, type), cause ? h("code", { class: "pill" }, String(cause)) : null, h("span", { class: "event-who" }, String(account ?? "")), h("time", {})),
    h("pre", { tabindex: "0" })));
}

const typeOf = (event) => String(event["detail-type"] ?? event.detail_type ?? event.DetailType ?? event.type ?? "event");

function clockOf(event) {
  const moment = event.time ?? event.Time ?? event.at ?? event.published_at;
  return moment ? clock(moment) : "";
}

// takeInfo shows what the stack says about itself.
export function takeInfo(info) {
  text($("info"), JSON.stringify(info, null, 2));
  model.host = info.password_mode === "host";
}

// tellLink says whether the stack answers.
export function tellLink(state) {
  attr($("link-state"), "data-state", state);
  text($("link-state"), t(`link_${state}`));
}
