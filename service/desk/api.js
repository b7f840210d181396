/** Requests to the API, and its errors (RFC 9457). */

const KEPT_KEY = "khabar-api-key";

/** An error the service told, or one of the way to it. */
export class Problem extends Error {
  constructor(document, status = 0) {
    super(document.detail);
    this.status = status;
    this.code = document.code;
    this.field = document.field ?? null;
    this.hint = document.hint ?? null;
    this.limit = document.limit ?? null;
    this.given = document.given ?? null;
    this.errors = document.errors ?? [];
  }

  /** Whether the same request would be refused again. */
  get lasting() {
    return this.status >= 400 && this.status < 500 && this.status !== 429;
  }
}

/** Returns the API key of this tab, or "". */
export function keptKey() {
  return sessionStorage.getItem(KEPT_KEY) ?? "";
}

/** Keeps an API key for as long as this tab is open; "" forgets it. */
export function keepKey(key) {
  if (key) {
    sessionStorage.setItem(KEPT_KEY, key);
  } else {
    sessionStorage.removeItem(KEPT_KEY);
  }
}

/** Sends a request and returns the response. Throws Problem unless it succeeds. */
export async function request(path, { method = "GET", body, headers = {}, signal } = {}) {
  const sent = new Headers({ Accept: "application/json", ...headers, ...authorization() });
  if (body !== undefined) {
    sent.set("Content-Type", "application/json");
  }
  const response = await reach(path, {
    method,
    headers: sent,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}

function authorization() {
  const key = keptKey();
  if (/[^\x21-\x7e]/u.test(key)) {
    throw new Problem({
      code: "key_unusable",
      detail: "An API key has no spaces and only plain letters, digits and signs.",
      field: "Authorization",
      hint: "Copy the key again.",
    });
  }
  return key ? { Authorization: `Bearer ${key}` } : {};
}

async function reach(path, options) {
  try {
    return await fetch(path, options);
  } catch (error) {
    if (options.signal?.aborted) {
      throw error;
    }
    throw new Problem({
      code: "unreachable",
      detail: "The service cannot be reached.",
      hint: "Check that it runs, then try again.",
    });
  }
}

async function problemOf(response) {
  const type = response.headers.get("Content-Type") ?? "";
  if (type.startsWith("application/problem+json")) {
    return new Problem(await response.json(), response.status);
  }
  return new Problem(
    { code: "unexplained", detail: `The service answered with status ${response.status}.` },
    response.status,
  );
}
