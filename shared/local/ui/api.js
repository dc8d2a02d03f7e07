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
  reconfirm: () => ({ method: "POST", path: "/v1/binding/reconfirm", signed: true }),
  ses: () => ({ method: "GET", path: "/_local/ses" }),
  setSes: (change) => ({ method: "POST", path: "/_local/ses", body: change }),
  mails: (to) => ({ method: "GET", path: to ? `/_local/mails?to=${encodeURIComponent(to)}` : "/_local/mails" }),
  events: () => ({ method: "GET", path: "/_local/events" }),
  info: () => ({ method: "GET", path: "/_local/info" }),
  passwordSignIn: (account, password, client) => ({ method: "POST", path: "/_local/platform/sign-in", body: { account, password, client } }),
  session: () => ({ method: "GET", path: "/_local/platform/session", signed: true }),
  setPassword: (who, password) => ({ method: "POST", path: "/_local/platform/password", body: { ...who, password } }),
  hold: (account, seconds) => ({ method: "POST", path: "/_local/platform/hold", body: { account, seconds } }),
  release: (account) => ({ method: "POST", path: "/_local/platform/release", body: { account } }),
};

export const call = (request, token) => send(request.method, request.path, request.body, request.signed ? token : undefined);

const quote = (value) => `'${value.replaceAll("'", `'\\''`)}'`;

// fillers are the requests whose answer goes into a shell variable: by path, the member that does.
const fillers = { "/_local/token": "token", "/_local/platform/sign-in": "session" };

// curl gives the shell line that sends request; variable is the shell variable that holds the token, or that a
// token request fills. A session has a variable beside it, and no password is ever shown: the line takes it from
// the variable PASSWORD.
export function curl(request, variable) {
  const names = { token: variable, session: variable.replace("TOKEN", "SESSION"), password: "PASSWORD" };
  const fills = fillers[request.path];
  const parts = [fills ? "curl -sS" : "curl -sS -i"];
  if (request.method !== "GET") parts[0] += ` -X ${request.method}`;
  parts[0] += ` ${quote(location.origin + request.path)}`;
  if (request.signed) parts.push(`-H "Authorization: Bearer $${variable}"`);
  if (request.body !== undefined) {
    const body = Object.entries(request.body).map(([name, value]) =>
      `${quote(JSON.stringify(name)).slice(1, -1)}:${names[name] ? `"'"$${names[name]}"'"` : quote(JSON.stringify(value)).slice(1, -1)}`);
    parts.push("-H 'Content-Type: application/json'", `-d '{${body.join(",")}}'`);
  }
  const line = parts.join(" \\\n  ");
  return fills ? `${names[fills]}=$(${line} \\\n  | sed 's/.*"${fills}" *: *"\\([^"]*\\)".*/\\1/')` : line;
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

// platformProblem reads a refusal of the shop, {"message", "refused"?, "reasons"?, "retry_after"?}, as problemOf does.
// A 401 has no name of its own: wrong is what it means for this request.
export function platformProblem(reply, wrong) {
  const { message, refused, ...members } = reply.body ?? {};
  if (reply.status === 0 || typeof message !== "string") return problemOf(reply);
  const unnamed = reply.status !== 401 ? "other" : members.retry_after ? "too-many-tries" : wrong;
  return { name: refused ?? unnamed, title: message, status: reply.status, members };
}
