// What can be read out of one mail: its links, its code, its headers and tags.

// linksIn gives the web links of a mail, each once, in the order of the text:
//   {url, kind: "verify" | "deny" | "reset" | "other", token}
export function linksIn(mail) {
  const found = [...(mail.text ?? "").matchAll(/https?:\/\/[^\s<>"']+/g)].map((m) => m[0].replace(/[.,;:!?)\]。，；：！？）】》」]+$/, ""));
  const hrefs = [...(mail.html ?? "").matchAll(/\shref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)].map((m) => unescape(m[1] ?? m[2]));
  const urls = [...new Set([...found, ...hrefs])].filter((url) => /^https?:\/\//.test(url) && URL.canParse(url));
  return urls.map((url) => {
    const { pathname, searchParams } = new URL(url);
    const kind = ["verify", "deny", "reset"].find((name) => pathname.endsWith(`/${name}`)) ?? "other";
    return { url, kind, token: searchParams.get("t") ?? "" };
  });
}

const entities = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

const unescape = (value) => value.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, dec, hex, name) =>
  dec ? String.fromCodePoint(Number(dec)) : hex ? String.fromCodePoint(parseInt(hex, 16)) : entities[name] ?? whole);

// codeIn gives the code as shown, ABCD-EFGH in Crockford's base32, or "".
export const codeIn = (text) => (text ?? "").match(/(?<![0-9A-Za-z_-])[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}(?![0-9A-Za-z_-])/)?.[0] ?? "";

// asciiAddress gives an address as mail servers see it: an international domain in its ASCII form.
export function asciiAddress(address) {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  if (at < 0 || !/[^\x00-\x7f]/.test(domain) || !URL.canParse(`http://${domain}`)) return address;
  return address.slice(0, at + 1) + new URL(`http://${domain}`).hostname;
}

// pairs reads names and values from an object, an object of arrays, or a list of {name, value} as SES writes it.
export function pairs(value) {
  if (Array.isArray(value)) return value.map((p) => [String(p.name ?? p.Name ?? p.key ?? ""), String(p.value ?? p.Value ?? "")]);
  return Object.entries(value ?? {}).flatMap(([name, v]) => [v].flat().map((one) => [name, typeof one === "object" ? JSON.stringify(one) : String(one)]));
}
