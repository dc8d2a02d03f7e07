// Demo accounts, and addresses that show what the service does with each.
import { $, h } from "./dom.js";
import { t } from "./words.js";

// Labels keep the rule for labels: letters, marks, digits, space, _ and -, at most 48 bytes.
export const presets = [
  { account: "seller-0731", label: "李记灯饰", locale: "zh-CN" },
  { account: "seller-1204", label: "Nordlicht Lamps", locale: "en" },
  { account: "seller-2288", label: "阿芳手作", locale: "zh-CN" },
  { account: "seller-6640", label: "Copycat Lamps", locale: "en" },
];

// Passwords that keep the rules.
export const phrases = ["seven lamps over the harbour", "eight boats beside the pier", "nine kites above the market"];

const simulator = "simulator.amazonses.com";

// Addresses by what becomes of a mail to them: those of the mail service's simulator, and domains that the local name server plays.
const endings = [
  ["success", `success@${simulator}`], ["slow", `slow@${simulator}`], ["full", `full@${simulator}`], ["bounce", `bounce@${simulator}`],
  ["moved", `moved@${simulator}`], ["spam", `spam@${simulator}`], ["complaint", `complaint@${simulator}`], ["suppressed", `suppressionlist@${simulator}`],
  ["reject", `reject@${simulator}`], ["ooto", `ooto@${simulator}`],
  ["nullmx", "mei@null-mx.lantern-lane.example"], ["nxdomain", "mei@nxdomain.lantern-lane.example"], ["slowdns", "mei@slow-dns.lantern-lane.example"],
];

const addresses = [
  ["ordinary", [["mei.li@lantern-lane.example", ""], ["orders@nordlicht.example", ""], ["fang@花灯.example", "idn"]]],
  ["refused", [["mei@gmial.com", "typo"], ["mei@@lantern-lane.example", "at"], ["李梅@lantern-lane.example", "utf8"], ["mei@mailinator.com", "disposable"]]],
];

// fillExamples writes the choices in the language of the page.
export function fillExamples() {
  const groups = addresses.map(([group, list]) => h("optgroup", { label: t(`ex_${group}`) },
    ...list.map(([address, words]) => h("option", { value: address }, words ? `${address} (${t(`ex_${words}`)})` : address))));
  $("examples").replaceChildren(h("option", { value: "" }, t("ex_choose")), ...groups);
}

// fillEndings makes a button for each ending of a mail; use(address) is called on a press.
export function fillEndings(use) {
  $("endings").replaceChildren(...endings.map(([name, address]) => h("button", {
    type: "button", class: "chip", "data-ending": name, title: address, "data-t": `ex_${name}`, onclick: () => use(address),
  })));
}

// fillPresets makes a button for each demo account; use(preset) is called on a press.
export function fillPresets(use) {
  $("presets").replaceChildren(...presets.map((preset) => h("button", {
    type: "button", class: "chip", "data-preset": preset.account, onclick: () => use(preset),
  }, preset.label)));
}
