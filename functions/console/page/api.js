// The API, asked with the key that this browser keeps. It is sent to this service alone.

const KEY = "tokstack-key";

export const key = () => localStorage.getItem(KEY) ?? "";

export function keep(value) {
  if (value) localStorage.setItem(KEY, value);
  else localStorage.removeItem(KEY);
}

/** What is told to people: a sentence, a code and what it cost to find out. */
export class ApiError extends Error {
  constructor(message, code, status) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The JSON of an answer. Throws ApiError, whatever family the route is of. */
export async function ask(path, { parameters = {}, body, headers = {}, signal } = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== "" && value != null));
  const answer = await fetch(query.size ? `${path}?${query}` : path, {
    method: body ? "POST" : "GET",
    headers: { "x-api-key": key(), ...(body ? { "content-type": "application/json" } : {}), ...headers },
    body: body && JSON.stringify(body),
    signal,
  }).catch((error) => {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The service cannot be reached.", "unreachable", 0);
  });
  const credits = answer.headers.get("x-credits-remaining");
  if (credits !== null) document.dispatchEvent(new CustomEvent("credits", { detail: Number(credits) }));
  const json = await answer.json().catch(() => ({}));
  if (!answer.ok) throw refusal(json, answer.status);
  return json;
}

function refusal(json, status) {
  const inner = typeof json.error === "object" && json.error ? json.error : {};
  const faults = inner.details?.validationErrors?.flatMap((fault) => fault.expected) ?? [];
  const message = faults.join("; ") || inner.message || json.message || json.error || `The answer was ${status}.`;
  return new ApiError(message, inner.code ?? json.code ?? json.error ?? "", status);
}
