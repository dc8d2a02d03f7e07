// The bound mailbox: how it is by what the service heard of it, and the way to show that it is still yours.
import { $, attr, show, text } from "./dom.js";
import { confirming } from "./timeline.js";
import { dateTime, t } from "./words.js";

// What a health means for the account, beside the API's words: does recovery wait for a confirmation?
const tones = { ok: "good", broken: "bad", "owner-changed": "bad", disowned: "bad" };

export function renderHealth(account, state, status) {
  const on = state === "bound" && Boolean(status.health);
  show($("health"), on);
  if (!on) return;
  const { next = "", what = "", do: todo = "" } = status.advice ?? {};
  attr($("health"), "data-health", status.health);
  attr($("health"), "data-next", next);
  attr($("health"), "data-tone", tones[status.health] ?? "warn");
  text($("health-word"), [status.health, next].filter(Boolean).join(" · "));
  for (const [id, words] of [["health-what", what], ["health-do", todo]]) {
    attr($(id), "lang", account.locale);
    text($(id), words);
    show($(id), words !== "");
  }
  text($("proved"), status.proved_at ? t("proved", { time: dateTime(status.proved_at) }) : "");
  attr($("proved"), "datetime", status.proved_at ?? "");
  show($("reconfirm"), !confirming(status));
}
