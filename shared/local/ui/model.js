import { observe } from "./timeline.js";

// What the page knows. It survives a reload of the tab, and no longer: session storage.

// An account signed in on the phone:
//   {id, label, locale, age, token, variable, status, lost, timeline, round, mailTo, problem, slot, rev, busy, acted,
//    email, code, sessions, sessionCount, hasPassword, heldUntil}
// status: the last status body; lost: the gateway no longer takes the token; variable: the shell variable of
// the curl lines; timeline, round: see timeline.js; acted: when the person last asked for something; mailTo: the last full address; problem and slot: the last refusal and the form it belongs to;
// rev: rises with every action, so that an older poll's answer is dropped; email, code: what was typed;
// sessions: those with a password, newest first, {n, secret, at} and what the shop says of them; hasPassword: one
// is known to be there; heldUntil: recovery is paused, as far as this page knows.
export const model = {
  accounts: [],
  active: "",
  count: 0, // accounts ever signed in: numbers the shell variables
  language: "en",
  host: false, // the shop keeps the passwords
  adding: true, // the sign-in form is open
  signInProblem: null,
  steps: [],
  stepCount: 0,
  mailbox: { follow: true, address: "" },
};

const key = "mailbind-workbench";

export function save() {
  const accounts = model.accounts.map(({ problem, slot, rev, busy, acted, ...rest }) => rest);
  const { active, count, language, mailbox, steps, stepCount } = model;
  try {
    sessionStorage.setItem(key, JSON.stringify({ accounts, active, count, language, mailbox, steps, stepCount }));
  } catch {
    // Storage may be off or full; the page works without it.
  }
}

export function restore() {
  try {
    const saved = JSON.parse(sessionStorage.getItem(key) ?? "null");
    if (!saved) return;
    Object.assign(model, saved);
    model.accounts = saved.accounts.map((a) => ({ ...a, ...fresh() }));
    model.adding = model.accounts.length === 0;
  } catch {
    sessionStorage.removeItem(key);
  }
}

const fresh = () => ({ problem: null, slot: "bind", rev: 0, busy: false });

export const activeAccount = () => model.accounts.find((a) => a.id === model.active);

// signIn adds the account, or renews the token of one that is there.
export function signIn(id, label, locale, age, token) {
  let account = model.accounts.find((a) => a.id === id);
  if (!account) {
    account = { id, variable: nextVariable(), status: null, timeline: [], mailTo: "", email: "", code: "", ...fresh() };
    model.accounts.push(account);
  }
  Object.assign(account, { label, locale, age, token, lost: false, problem: null });
  account.rev++;
  model.active = id;
  model.adding = false;
  return account;
}

// variableOf gives the shell variable that the account of this id has or would get.
export const variableOf = (id) => model.accounts.find((a) => a.id === id)?.variable ?? variable(model.count + 1);

const variable = (n) => (n === 1 ? "TOKEN" : `TOKEN_${n}`);

function nextVariable() {
  model.count++;
  return variable(model.count);
}

export function signOut(account) {
  model.accounts = model.accounts.filter((a) => a !== account);
  model.active = model.accounts.at(-1)?.id ?? "";
  model.adding = model.accounts.length === 0;
}

// take makes status the account's newest state. asked is "bind", "resend" or "confirm" when the status answers such a request.
export function take(account, status, now, asked) {
  const before = account.status;
  observe(account, before, status, now, asked);
  if (status.state === "pending") account.mailTo = status.address;
  if (before && before.state !== status.state) account.problem = null;
  account.status = status;
}
