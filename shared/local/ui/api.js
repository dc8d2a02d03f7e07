// Calls to the local stack and to the product's API, and the curl line of each.

// A reply of the stack:
//   {status, type, text, body, retryAfter, ms}; status 0: there was no answer; body: parsed JSON or undefined.
async function send(method, path, body, token) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const start = performance.now();
  try {
    const response = await fetch(path, {
      method, headers, cache: "no-store", credentials: "omit",
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    return {
      status: response.status, type: response.headers.get("content-type") ?? "", text, body: parse(text),
      retryAfter: response.headers.get("retry-after") ?? "", ms: Math.round(performance.now() - start),
    };
  } catch {
    return { status: 0, type: "", text: "", body: undefined, retryAfter: "", ms: Math.round(performance.now() - start) };
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const ok = (reply) => reply.status >= 200 && reply.status < 300;

// Requests, as values: what curl shows is what send sends.
export const requests = {
  token: (body) => ({ method: "POST", path: "/_local/token", body }),
  status: () => ({ method: "GET", path: "/v1/binding", signed: true }),
  bind: (email, asTyped) => ({ method: "POST", path: "/v1/binding", signed: true, body: asTyped ? { email, accept_as_typed: true } : { email } }),
  resend: () => ({ method: "POST", path: "/v1/binding/resend", signed: true }),
  code: (code) => ({ method: "POST", path: "/v1/binding/verify", signed: true, body: { code } }),
  linkToken: (token) => ({ method: "POST", path: "/v1/binding/verify", signed: true, body: { token } }),
  ses: (mode) => ({ method: "POST", path: "/_local/ses", body: { mode } }),
  mails: (to) => ({ method: "GET", path: to ? `/_local/mails?to=${encodeURIComponent(to)}` : "/_local/mails" }),
  events: () => ({ method: "GET", path: "/_local/events" }),
  info: () => ({ method: "GET", path: "/_local/info" }),
};

export const call = (request, token) => send(request.method, request.path, request.body, request.signed ? token : undefined);

const quote = (value) => `'${value.replaceAll("'", `'\\''`)}'`;

// curl gives the shell line that sends request; variable is the shell variable that holds the token,
// or that a token request fills.
export function curl(request, variable) {
  const fills = request.path === "/_local/token";
  const parts = [fills ? "curl -sS" : "curl -sS -i"];
  if (request.method !== "GET") parts[0] += ` -X ${request.method}`;
  parts[0] += ` ${quote(location.origin + request.path)}`;
  if (request.signed) parts.push(`-H "Authorization: Bearer $${variable}"`);
  if (request.body !== undefined) {
    parts.push("-H 'Content-Type: application/json'", `-d ${quote(JSON.stringify(request.body))}`);
  }
  const line = parts.join(" \\\n  ");
  return fills ? `${variable}=$(${line} \\\n  | sed 's/.*"token" *: *"\\([^"]*\\)".*/\\1/')` : line;
}

// A problem, read from a reply that is not a success:
//   {name, title, detail, status, members}; name is the last segment of the problem's type, "gateway" for
//   the gateway's own {"message"}, "network" when nothing answered, "unreadable" for all else.
export function problemOf(reply) {
  if (reply.status === 0) return { name: "network", status: 0, members: {} };
  const body = reply.body;
  if (typeof body?.type === "string") {
    const { type, title, detail, status, instance, ...members } = body;
    return { name: type.split("/").pop(), title, detail, status: status ?? reply.status, members };
  }
  if (typeof body?.message === "string") return { name: "gateway", status: reply.status, message: body.message, members: {} };
  return { name: "unreadable", status: reply.status, members: {} };
}
