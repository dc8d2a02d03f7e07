// What the page asks for by itself: every second while it can be seen, and oftener in the moments in which a mail moves. An answer
// that an action has overtaken is dropped.
import { pollSessions } from "./access.js";
import { call, ok, problemOf, requests } from "./api.js";
import { takeEvents, takeInfo, tellLink } from "./controls.js";
import { asciiAddress } from "./mail.js";
import { mailboxAddress, takeMails } from "./mailbox.js";
import { activeAccount, save, take } from "./model.js";
import { pollSes } from "./ses.js";
import { liveAnswer } from "./steps.js";
import { lively } from "./timeline.js";

const pace = 1000; // milliseconds
const quick = 250;
const quickFor = 5000; // after an action

let show = () => {};
let timer;
let polling = false;
let again = false; // somebody asked for a poll while one was running
let informed = false;

// startPolling begins; render shows what has come.
export function startPolling(render) {
  show = render;
  document.addEventListener("visibilitychange", () => document.hidden || pollNow());
  poll();
}

export function pollNow() {
  clearTimeout(timer);
  timer = setTimeout(poll, 0);
}

async function poll() {
  clearTimeout(timer);
  if (document.hidden) return;
  if (polling) {
    again = true;
    return;
  }
  polling = true;
  try {
    const account = activeAccount();
    await Promise.all([pollStatus(account), pollSessions(account), pollMails(mailboxAddress()), pollEvents(), pollSes(), informed || pollInfo()]);
    show();
  } finally {
    polling = false;
    timer = setTimeout(poll, again ? 0 : wait(activeAccount()));
    again = false;
  }
}

const wait = (account) => (lively(account?.status) && Date.now() - (account.acted ?? 0) < quickFor ? quick : pace);

async function pollStatus(account) {
  if (!account || account.lost || account.busy) return;
  const { rev, token } = account;
  const reply = await call(requests.status(), token);
  if (account.rev !== rev || reply.status === 0) return;
  account.live = liveAnswer(reply);
  if (ok(reply) && typeof reply.body?.state === "string") {
    const before = JSON.stringify(account.status);
    take(account, reply.body, Date.now());
    if (JSON.stringify(account.status) !== before) save();
  }
  if (reply.status === 401 && problemOf(reply).name === "gateway") account.lost = true;
}

async function pollMails(address) {
  const reply = await call(requests.mails(asciiAddress(address)));
  if (address === mailboxAddress() && Array.isArray(reply.body)) takeMails(reply.body);
}

async function pollEvents() {
  const reply = await call(requests.events());
  tellLink(reply.status === 0 ? "lost" : "ok");
  if (Array.isArray(reply.body)) takeEvents(reply.body);
}

async function pollInfo() {
  const reply = await call(requests.info());
  if (!ok(reply) || typeof reply.body !== "object") return;
  informed = true;
  takeInfo(reply.body);
}
