// The workbench of the local stack: an account holder's phone, a mailbox, and the requests between them.
//
// A browser test may rely on these ids and attributes; they do not change with words or language:
//
//   sign-in    #add-account opens the form (it is open until somebody signs in) · .chip[data-preset=ID] · #account
//              #label #locale (zh-CN|en) #auth-age (seconds) #sign-in · tabs: .tab[data-account=ID] ·
//              #sign-in-again #sign-out
//   card       #card[data-state] #state[data-state] (wait|none|pending|expired|bound|denied|lost) · #who #ref
//              pending: #check #address · pending, and bound while a confirmation is open: #expires #resend-at #code
//              #verify · bound: #bound-address · expired, denied, lost: #notice[data-state]
//   health     #health[data-health=HEALTH][data-next=NEXT] (bound accounts): #health-what #health-do #proved #reconfirm
//   mail       #mail-part[data-next=NEXT] · #timeline > li[data-fate=FATE|asked|done][data-reason][data-live]; the newest
//              station has aria-current=step and shows .what .do .support · #resend[data-ready] #resend-hint #other-address
//   bind       #email #bind #bind-form[data-kind] #examples · #endings .chip[data-ending=NAME] (binds at once) · #refresh
//   refusal    #error[data-name=NAME] (hidden when there is none): #error-name, [data-member=NAME],
//              #use-suggestion #keep-typed #error-sign-in
//   password   #access (bound accounts) · #sessions > li[data-n][data-state=alive|ended][data-ended-by=EVENT], newest first ·
//              #notices > li[data-notice=EVENT] · #password #password-sign-in #forgot (opens /recover) · #set-part
//              (a details): #set-form: #new-password #suggest-password #set-password, or #set-over when all sessions
//              have ended · #hold-part (a details): #hold #release #hold-state[data-held]
//   mailbox    #mailbox-address #mailbox-follow #mailbox-all · #inbox .mail[data-mail=ID] (aria-current, data-unread)
//              #mail-subject #mail-code #copy-code · #mail-links [data-link=verify|deny|reset|session|other]
//              #view-html #view-text #view-headers · #mail-frame #mail-text #mail-headers #mail-raw
//              #ending[data-ending=NAME]: #ending-own #ending-success|slow|full|bounce|moved|complaint|spam
//   requests   #curl .step[data-step=sign_in|bind|state|resend|reconfirm|code|token|ses|password_sign_in|
//              set_password|hold|release], newest first, each with .curl-line,
//              .copy, .pill (status), .answer · #live #live-answer · #clear-steps
//   controls   #ses[data-mode] #ses-ok|slow|throttle|down|quota|paused|suspended|rejected · #reports[data-events]
//              #reports-prompt|late|double|shuffled|off · #shift[data-days] #shift-day #shift-back · #ses-error ·
//              #events .event[data-event=TYPE][data-account=ID][data-cause] · #info
//   page       #lang-en #lang-zh · #link-state[data-state] (wait|ok|lost)
import { clearAccess, renderAccess, wireAccess } from "./access.js";
import { call, ok, problemOf, requests } from "./api.js";
import { renderEvents, tellLink } from "./controls.js";
import { $, attr } from "./dom.js";
import { fillEndings, fillExamples, fillPresets, presets } from "./examples.js";
import { mailboxAddress, renderMailbox, takeMails, wireMailbox } from "./mailbox.js";
import { activeAccount, model, restore, save, signIn, signOut, take, variableOf } from "./model.js";
import { renderPhone, tick } from "./phone.js";
import { pollNow, startPolling } from "./poll.js";
import { renderSes, wireSes } from "./ses.js";
import { recordStep, renderLive, renderSteps } from "./steps.js";
import { confirming } from "./timeline.js";
import { fillWords, useLanguage } from "./words.js";

function render() {
  renderAccess(); // before the phone: a problem is shown at the form it belongs to
  renderPhone(actions);
  renderMailbox(actions);
  renderSes(mailboxAddress());
  renderSteps();
  renderLive();
  renderEvents();
}

function changed() {
  render();
  save();
}

// What the parts of the page ask for.
const actions = {
  activate(id) {
    keepDrafts();
    model.active = id;
    model.adding = false;
    showDrafts();
    changed();
    pollNow();
  },
  useSuggestion(suggestion) {
    const typed = $("email").value;
    const address = suggestion.includes("@") ? suggestion : typed.slice(0, typed.lastIndexOf("@") + 1) + suggestion;
    $("email").value = address;
    bind(false);
  },
  keepTyped: () => bind(true),
  signInAgain: () => renew(activeAccount()),
  confirmToken: (token) => act("token", "bind", requests.linkToken(token)),
  mailboxChanged() {
    takeMails([]);
    changed();
    pollNow();
  },
};

// act sends one request of the active account as a step, and takes its answer.
async function act(name, slot, request, asked) {
  const account = activeAccount();
  if (!account || account.busy) return false;
  Object.assign(account, { busy: true, problem: null, rev: account.rev + 1, acted: Date.now() });
  render();
  const reply = await call(request, account.token);
  account.busy = false;
  account.rev++;
  recordStep(name, account.id, request, account.variable, reply);
  if (ok(reply) && typeof reply.body?.state === "string") take(account, reply.body, Date.now(), asked);
  else if (!ok(reply)) Object.assign(account, { problem: problemOf(reply), slot });
  if (reply.status === 401 && problemOf(reply).name === "gateway") account.lost = true;
  changed();
  if (account.problem) $("error").scrollIntoView({ block: "nearest" });
  pollNow();
  return ok(reply);
}

function refuseHere(slot, name) {
  const account = activeAccount();
  Object.assign(account, { problem: { name, status: 0, local: true, members: {} }, slot });
  changed();
}

async function bind(asTyped) {
  const email = $("email").value.trim();
  if (!email) return refuseHere("bind", "nothing_typed");
  if (await act("bind", "bind", requests.bind(email, asTyped), "bind")) $("email").value = "";
}

async function verify() {
  const code = $("code").value.trim();
  if (!code) return refuseHere("verify", "no_code");
  if (!await act("code", "verify", requests.code(code))) return;
  $("code").value = "";
  if ($("proof").hidden) $("card").focus({ preventScroll: true }); // the form that had the focus is gone
}

// again asks for another mail of the kind that is open.
function again() {
  const bound = activeAccount()?.status?.state === "bound";
  act(bound ? "reconfirm" : "resend", "resend", bound ? requests.reconfirm() : requests.resend(), "resend");
}

async function reconfirm() {
  const open = confirming(activeAccount()?.status);
  if (await act("reconfirm", "reconfirm", requests.reconfirm(), open ? "resend" : "confirm")) $("code").focus();
}

async function enter(id, label, locale, age) {
  const body = { account: id, locale };
  if (label) body.label = label;
  if (age > 0) body.auth_age = age;
  const request = requests.token(body);
  const reply = await call(request);
  recordStep("sign_in", id, request, variableOf(id), reply);
  if (!ok(reply) || typeof reply.body?.token !== "string") {
    model.signInProblem = ok(reply) ? { name: "unreadable", status: reply.status, members: {} } : problemOf(reply);
    model.adding = true;
    return changed();
  }
  keepDrafts();
  model.signInProblem = null;
  signIn(id, label, locale, age, reply.body.token);
  showDrafts();
  changed();
  $("card").focus({ preventScroll: true }); // the form that had the focus is gone
  pollNow();
}

// renew signs the account in again, as somebody who has just typed the password.
const renew = (account) => account && enter(account.id, account.label, account.locale, 0);

function submitSignIn(event) {
  event.preventDefault();
  const id = $("account").value.trim();
  if (!id) {
    model.signInProblem = { name: "no_account", status: 0, local: true, members: {} };
    $("account").focus();
    return changed();
  }
  enter(id, $("label").value.trim(), $("locale").value, Number($("auth-age").value));
}

function usePreset({ account, label, locale }) {
  $("account").value = account;
  $("label").value = label;
  $("locale").value = locale;
  $("auth-age").value = "0";
}

function keepDrafts() {
  const account = activeAccount();
  if (account) Object.assign(account, { email: $("email").value, code: $("code").value });
}

function showDrafts() {
  const account = activeAccount();
  $("email").value = account?.email ?? "";
  $("code").value = account?.code ?? "";
  clearAccess();
}

function speak(name) {
  model.language = name;
  useLanguage(name);
  fillWords();
  fillExamples();
  attr($("lang-en"), "aria-pressed", String(name === "en"));
  attr($("lang-zh"), "aria-pressed", String(name === "zh"));
  tellLink($("link-state").dataset.state);
  changed();
}

function wirePhone() {
  const onSubmit = (id, run) => $(id).addEventListener("submit", (event) => {
    event.preventDefault();
    run();
  });
  $("sign-in-form").addEventListener("submit", submitSignIn);
  onSubmit("bind-form", () => bind(false));
  onSubmit("code-form", verify);
  $("resend").addEventListener("click", again);
  $("reconfirm").addEventListener("click", reconfirm);
  $("other-address").addEventListener("click", () => $("email").focus());
  $("refresh").addEventListener("click", () => act("state", "bind", requests.status()));
  $("sign-in-again").addEventListener("click", () => renew(activeAccount()));
  $("sign-out").addEventListener("click", () => {
    signOut(activeAccount());
    showDrafts();
    changed();
  });
  $("add-account").addEventListener("click", () => {
    model.adding = !model.adding;
    changed();
    if (model.adding) $("account").focus();
  });
  $("examples").addEventListener("change", (event) => {
    if (event.target.value) $("email").value = event.target.value;
    event.target.value = "";
    $("email").focus();
  });
  $("accounts").addEventListener("keydown", moveBetweenTabs);
}

function moveBetweenTabs(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step || model.accounts.length < 2) return;
  const at = model.accounts.findIndex((a) => a.id === model.active);
  const next = model.accounts[(at + step + model.accounts.length) % model.accounts.length];
  event.preventDefault();
  actions.activate(next.id);
  $("accounts").querySelector('[aria-selected="true"]').focus();
}

function start() {
  restore();
  wirePhone();
  wireAccess({ changed, pollNow });
  wireMailbox(actions);
  wireSes({ changed, pollNow });
  fillPresets(usePreset);
  fillEndings((address) => {
    $("email").value = address;
    bind(false);
  });
  usePreset(presets[0]);
  $("clear-steps").addEventListener("click", () => {
    model.steps = [];
    changed();
  });
  $("lang-en").addEventListener("click", () => speak("en"));
  $("lang-zh").addEventListener("click", () => speak("zh"));
  showDrafts();
  speak(model.language);
  setInterval(() => document.hidden || tick(), 1000);
  addEventListener("pagehide", () => {
    keepDrafts();
    save();
  });
  startPolling(render);
}

start();
