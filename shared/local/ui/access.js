// The password of a bound account, through the shop that calls mailbind: sign in, set, forget; the sessions that this
// phone has; and what the shop's fraud team may do.
import { call, ok, platformProblem, requests } from "./api.js";
import { $, attr, h, keyed, show, text } from "./dom.js";
import { phrases } from "./examples.js";
import { activeAccount, model } from "./model.js";
import { recordStep } from "./steps.js";
import { clock, dateTime, known, t } from "./words.js";

const most = 4; // sessions shown of an account

// client is the random name of this device, as a long-lived cookie would be. It outlives the tab, and sessions.
function client() {
  const key = "mailbind-device";
  try {
    let name = localStorage.getItem(key);
    if (!name) localStorage.setItem(key, name = crypto.randomUUID());
    return name;
  } catch {
    return ""; // no storage: to mailbind a stranger, each time
  }
}

const living = (account) => account.sessions?.find((s) => s.state === "alive");

// locked says that no password can be set from here: there is one, and the token of a sign-in elsewhere replaces none.
const locked = (account) => Boolean(account.hasPassword) && !living(account);

export function renderAccess() {
  const account = activeAccount();
  const on = account?.status?.state === "bound" && !account.lost;
  show($("access"), on);
  if (!on) return;
  const sessions = account.sessions ?? [];
  const alive = living(account);
  text($("access-intro"), t(model.host ? "access_host" : "access_managed"));
  show($("sessions-part"), sessions.length > 0);
  keyed($("sessions"), sessions, (s) => `${account.id}/${s.n}`, (s) => h("li", { "data-n": s.n }, h("b", {}), h("time", {}), h("span", {})), renderSession);
  const notices = sessions[0]?.notices ?? [];
  show($("notices"), notices.length > 0);
  keyed($("notices"), notices.map((n, i) => ({ ...n, k: `${account.id}/${sessions[0].n}/${i}` })).reverse(), (n) => n.k,
    (n) => h("li", { "data-notice": n.type }, h("time", {}), h("b", {}), h("code", {}, n.type)), (node, n) => {
      text(node.children[0], clock(n.at));
      text(node.children[1], known(`notice_${n.type}`) ? t(`notice_${n.type}`) : "");
    });
  const over = locked(account);
  text($("set-title"), t(alive || over ? "change_password" : "set_password"));
  text($("set-hint"), t(alive ? "change_hint" : "set_hint"));
  show($("set-form"), !over);
  show($("set-over"), over);
  text($("forgot-hint"), account.mailTo ? t("forgot_hint", { address: account.mailTo }) : t("forgot_hint_plain"));
  const held = account.heldUntil && Date.parse(account.heldUntil) > Date.now();
  attr($("hold-state"), "data-held", String(Boolean(held)));
  text($("hold-state"), held ? t("held_until", { time: dateTime(account.heldUntil) }) : t("not_held"));
  for (const id of ["password-sign-in", "set-password", "hold", "release"]) attr($(id), "aria-disabled", String(account.busy));
}

function renderSession(node, session) {
  const [name, time, words] = node.children;
  attr(node, "data-state", session.state);
  attr(node, "data-ended-by", session.ended_by ?? "");
  text(name, t("session_n", { n: session.n }));
  text(time, t("session_since", { time: clock(session.at) }));
  const version = `${session.version} (${clock(session.version)})`;
  if (session.state !== "ended") return text(words, t("session_alive", { version }));
  const by = `session_by_${session.ended_by}`;
  text(words, t(known(by) ? by : "session_by", { by: session.ended_by, version: `${session.ended_version} (${clock(session.ended_version)})` }));
}

// begin puts a session that the shop gave first, or goes on with the one that is there.
function begin(account, secret) {
  account.hasPassword = true;
  account.sessions ??= [];
  if (account.sessions.some((s) => s.secret === secret)) return;
  account.sessionCount = (account.sessionCount ?? 0) + 1;
  account.sessions.unshift({ n: account.sessionCount, secret, at: Date.now(), state: "alive", version: 0, notices: [] });
  account.sessions.length = Math.min(account.sessions.length, most);
}

// pollSessions asks the shop how the living sessions of an account are.
export async function pollSessions(account) {
  for (const session of account?.sessions?.filter((s) => s.state === "alive") ?? []) {
    const reply = await call(requests.session(), session.secret);
    if (ok(reply)) Object.assign(session, reply.body);
    else if (reply.status === 401) { // the shop was started anew, and may have forgotten its passwords too
      account.sessions = account.sessions.filter((s) => s !== session);
      account.hasPassword = false;
    }
  }
}

// wireAccess has the forms do what they say. tools are changed() and pollNow() of the page.
export function wireAccess(tools) {
  const ask = async (name, slot, request) => {
    const account = activeAccount();
    if (!account || account.busy) return null;
    Object.assign(account, { busy: true, problem: null });
    tools.changed();
    const reply = await call(request);
    account.busy = false;
    recordStep(name, account.id, request, account.variable, reply);
    if (ok(reply)) {
      if (reply.body?.session) begin(account, reply.body.session);
    } else {
      account.problem = platformProblem(reply, slot === "access" ? "wrong-password" : "session-over");
      account.hasPassword ||= account.problem.name === "version-changed";
    }
    await pollSessions(account);
    account.slot = slot === "set" && locked(account) ? "access" : slot; // its form has gone
    tools.changed();
    if (account.problem) $("error").scrollIntoView({ block: "nearest" });
    tools.pollNow();
    return ok(reply) ? reply.body : null;
  };
  const nothing = (slot) => {
    Object.assign(activeAccount(), { problem: { name: "no_password", status: 0, local: true, members: {} }, slot });
    tools.changed();
  };
  $("password-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = $("password").value;
    if (!password) return nothing("access");
    if (await ask("password_sign_in", "access", requests.passwordSignIn(activeAccount().id, password, client()))) $("password").value = "";
  });
  $("set-form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const password = $("new-password").value;
    if (!password) return nothing("set");
    const account = activeAccount();
    const alive = living(account);
    if (!await ask("set_password", "set", requests.setPassword(alive ? { session: alive.secret } : { token: account.token }, password))) return;
    $("new-password").value = "";
    $("password").value = password; // the next thing to try
    $("set-part").open = false;
  });
  $("suggest-password").addEventListener("click", () => {
    const next = (phrases.indexOf($("new-password").value) + 1) % phrases.length;
    $("new-password").value = phrases[next];
    $("new-password").focus();
  });
  $("hold").addEventListener("click", async () => {
    const done = await ask("hold", "hold", requests.hold(activeAccount().id, 3600));
    if (done) activeAccount().heldUntil = done.until;
    tools.changed();
  });
  $("release").addEventListener("click", async () => {
    if (await ask("release", "hold", requests.release(activeAccount().id))) activeAccount().heldUntil = "";
    tools.changed();
  });
}

// clearAccess forgets what was typed: another account has other passwords.
export function clearAccess() {
  $("password").value = "";
  $("new-password").value = "";
}
