// The mailbox: the mails that the local mail service kept, newest first, and one of them opened.
import { $, attr, copy, h, keyed, show, text } from "./dom.js";
import { activeAccount, model } from "./model.js";
import { codeIn, linksIn, pairs } from "./mail.js";
import { clock, t } from "./words.js";

const box = { mails: [], selected: "", newest: "", view: "html", read: new Set() };

// mailboxAddress is the one looked into: typed, or that of the phone's last claim; empty means all.
export const mailboxAddress = () => (model.mailbox.follow ? activeAccount()?.mailTo ?? "" : model.mailbox.address);

// takeMails shows a new list (oldest first, as the stack gives it). Who was reading the newest mail sees the one
// that has just come; who opened an older one is left in peace.
export function takeMails(list) {
  box.mails = list.toReversed();
  const newest = box.mails[0]?.id ?? "";
  const gone = !box.mails.some((m) => m.id === box.selected);
  if (gone || (newest !== box.newest && box.selected === box.newest)) box.selected = newest;
  box.newest = newest;
}

export function renderMailbox(actions) {
  const address = mailboxAddress();
  const field = $("mailbox-address");
  if (document.activeElement !== field && field.value !== address) field.value = address;
  attr($("mailbox-follow"), "aria-pressed", String(model.mailbox.follow));
  attr($("mailbox-all"), "aria-pressed", String(!model.mailbox.follow && address === ""));
  const known = [...new Set(model.accounts.map((a) => a.mailTo).filter(Boolean))];
  keyed($("mailbox-addresses"), known, (a) => a, (a) => h("option", { value: a }));
  const n = box.mails.length;
  text($("inbox-count"), n === 0 ? t("mails_none") : n === 1 ? t("mails_one") : t("mails_many", { n }));
  keyed($("inbox"), box.mails, (m) => m.id, (m) => mailItem(m, actions), updateItem);
  show($("inbox"), n > 0);
  renderReader(actions);
}

function mailItem(mail, actions) {
  const select = () => {
    box.selected = mail.id;
    renderMailbox(actions);
  };
  return h("li", {}, h("button", { type: "button", class: "mail", "data-mail": mail.id, onclick: select },
    h("span", { class: "mail-top" }, h("span", { class: "mail-from" }), h("time", {})), h("span", { class: "mail-subject" }), h("span", { class: "mail-to" })));
}

function updateItem(node, mail) {
  const button = node.firstElementChild;
  const [top, subject, to] = button.children;
  const on = mail.id === box.selected;
  if (on) box.read.add(mail.id);
  attr(button, "aria-current", String(on));
  attr(button, "data-unread", String(!box.read.has(mail.id)));
  text(top.firstElementChild, senderName(mail.from));
  text(top.lastElementChild, clock(mail.sent_at));
  text(subject, mail.subject);
  text(to, [mail.to].flat().join(", "));
}

const senderName = (from) => String(from).replace(/\s*<[^>]*>\s*$/, "").replace(/^"|"$/g, "") || String(from);

function renderReader(actions) {
  const mail = box.mails.find((m) => m.id === box.selected);
  show($("mail"), Boolean(mail));
  show($("reader-empty"), !mail);
  text($("reader-empty"), box.mails.length > 0 ? t("reader_choose") : t("reader_none"));
  if (!mail) {
    $("mail").dataset.shown = "";
    $("mail-html").replaceChildren();
    return;
  }
  renderView();
  text($("mail-meta"), `${t("from", mail)} · ${t("to", { to: [mail.to].flat().join(", ") })} · ${clock(mail.sent_at)}`);
  const print = `${mail.id} ${document.documentElement.lang} ${activeAccount()?.id ?? ""}`;
  if ($("mail").dataset.shown === print) return;
  const sameMail = $("mail").dataset.mail === mail.id;
  $("mail").dataset.shown = print;
  $("mail").dataset.mail = mail.id;
  text($("mail-subject"), mail.subject);
  const code = codeIn(mail.text);
  show($("mail-code-part"), code !== "");
  text($("mail-code"), code);
  $("mail-links").replaceChildren(...linksIn(mail).flatMap((link) => linkItems(link, actions)));
  text($("mail-text"), mail.text ?? "");
  $("mail-headers").replaceChildren(...headerParts(mail));
  if (!sameMail || !$("mail-frame")) $("mail-html").replaceChildren(frame(mail));
}

// A new frame for each mail: to change the address of a frame would add to the tab's history.
function frame(mail) {
  if (!mail.html) return h("p", { class: "empty" }, t("no_html"));
  return h("iframe", {
    id: "mail-frame", title: t("mail_frame"), referrerpolicy: "no-referrer",
    sandbox: "allow-popups allow-popups-to-escape-sandbox", src: `/_local/mails/${encodeURIComponent(mail.id)}/html`,
  });
}

function linkItems(link, actions) {
  const words = link.kind === "other" ? link.url.replace(/^https?:\/\//, "") : t(`link_${link.kind}`);
  const list = [h("li", {}, h("a", { class: "button", "data-link": link.kind, href: link.url, target: "_blank", rel: "noopener noreferrer", title: `${link.url} (${t("new_tab")})` }, words))];
  if (link.kind === "verify" && link.token && activeAccount()) {
    list.push(h("li", {}, h("button", { type: "button", "data-link": "session", title: t("link_session_hint"), onclick: () => actions.confirmToken(link.token) }, t("link_session"))));
  }
  return list;
}

function headerParts(mail) {
  const table = (words, rows) => [h("h4", {}, t(words)), h("dl", { class: "header-list" }, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))))];
  const parts = table("headers", pairs(mail.headers));
  const tags = pairs(mail.tags);
  if (tags.length > 0) parts.push(...table("tags", tags));
  if (mail.raw) parts.push(h("details", {}, h("summary", {}, t("raw")), h("pre", { id: "mail-raw", tabindex: "0" }, mail.raw)));
  return parts;
}

function renderView() {
  for (const [name, id] of [["html", "mail-html"], ["text", "mail-text"], ["headers", "mail-headers"]]) {
    attr($(`view-${name}`), "aria-pressed", String(box.view === name));
    show($(id), box.view === name);
  }
}

export function wireMailbox(actions) {
  for (const name of ["html", "text", "headers"]) {
    $(`view-${name}`).addEventListener("click", () => {
      box.view = name;
      renderView();
    });
  }
  $("copy-code").addEventListener("click", () => copy($("mail-code").textContent, $("copy-code"), t("copied")));
  const look = (follow, address) => {
    model.mailbox = { follow, address };
    actions.mailboxChanged();
  };
  $("mailbox-follow").addEventListener("click", () => look(true, ""));
  $("mailbox-all").addEventListener("click", () => look(false, ""));
  let typing;
  $("mailbox-address").addEventListener("input", (event) => {
    clearTimeout(typing);
    typing = setTimeout(() => look(false, event.target.value.trim()), 250);
  });
}
