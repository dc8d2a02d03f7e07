// The other end of the mails, as a developer sets it: what the mail service does, how its reports come, at which time, and what
// a mailbox does with a mail.
import { call, ok, problemOf, requests } from "./api.js";
import { $, attr, h, show, text } from "./dom.js";
import { asciiAddress } from "./mail.js";
import { plain } from "./problem.js";
import { recordStep } from "./steps.js";
import { t } from "./words.js";

const day = 86400; // seconds

// The choices, by the words of POST /_local/ses.
const modes = ["ok", "slow", "throttle", "down", "quota", "paused", "suspended", "rejected"];
const manners = ["prompt", "late", "double", "shuffled", "off"];
const endings = ["", "success", "slow", "full", "bounce", "moved", "complaint", "spam"];

// state is the service's own, null until it was told; changes counts what this page asked for, so that an older answer is dropped.
let state = null;
let changes = 0;
let address = "";

// pollSes asks the service how it is: scripts may change it too.
export async function pollSes() {
  const before = changes;
  const reply = await call(requests.ses());
  if (ok(reply) && before === changes && typeof reply.body === "object") state = reply.body;
}

// renderSes shows the service, and what the mailbox of this address does; "" is none in particular.
export function renderSes(mailbox) {
  address = asciiAddress(mailbox).toLowerCase();
  show($("ending"), state !== null);
  if (!state) return;
  choose("ses", state.mode);
  choose("reports", state.events);
  $("ending").disabled = address === "";
  const ending = state.mailboxes?.[address] ?? "";
  attr($("ending"), "data-ending", ending);
  choose("ending", address === "" ? undefined : ending);
  text($("ending-hint"), address === "" ? t("ending_none") : t("ending_hint", { address: mailbox }));
  const days = Math.round(state.shift / day);
  attr($("shift"), "data-days", String(days));
  text($("shift-state"), days === 0 ? t("shift_now") : t(days === 1 ? "shift_one" : "shift_many", { n: days }));
  attr($("shift-back"), "aria-disabled", String(days === 0));
  attr($("ses"), "data-mode", state.mode);
  attr($("reports"), "data-events", state.events);
}

function choose(group, value) {
  for (const radio of document.querySelectorAll(`input[name="${group}"]`)) {
    if (radio.checked !== (radio.value === value)) radio.checked = radio.value === value;
  }
}

// fill makes the choices of a group; on the page, a choice has the id GROUP-VALUE and the words GROUP_VALUE.
function fill(group, values, hints, chosen) {
  $(`${group}-choices`).replaceChildren(...values.map((value) => {
    const name = value || "own";
    return h("label", {}, h("input", { type: "radio", name: group, id: `${group}-${name}`, value, onchange: () => chosen(value) }),
      h("span", {}, h("b", { "data-t": `${group}_${name}` }), hints ? h("small", { "data-t": `${group}_${name}_hint` }) : null));
  }));
}

// wireSes has the choices do what they say. tools are changed() and pollNow() of the page.
export function wireSes(tools) {
  const change = async (wanted) => {
    changes++;
    if (state) state = { ...state, ...wanted, mailboxes: { ...state.mailboxes, ...wanted.mailboxes } }; // what was pressed stays so meanwhile
    const request = requests.setSes(wanted);
    const reply = await call(request);
    changes++;
    recordStep("ses", "", request, "", reply);
    if (ok(reply)) state = reply.body;
    const words = ok(reply) ? "" : plain(problemOf(reply));
    show($("ses-error"), words !== "");
    text($("ses-error"), words);
    tools.changed();
    tools.pollNow();
  };
  fill("ses", modes, true, (mode) => change({ mode }));
  fill("reports", manners, true, (events) => change({ events }));
  fill("ending", endings, false, (ending) => address && change({ mailboxes: { [address]: ending } }));
  $("shift-day").addEventListener("click", () => change({ shift: (state?.shift ?? 0) + day }));
  $("shift-back").addEventListener("click", () => state?.shift && change({ shift: 0 }));
}
