// Elements out of plain values: text is always text.

/** `element("a.button", {href}, "text", child)`: a tag with classes, its properties or attributes, its children. */
export function element(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(" ");
  for (const [attribute, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (attribute.startsWith("on")) made.addEventListener(attribute.slice(2), value);
    else made.setAttribute(attribute, value === true ? "" : value);
  }
  made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

export function drawing(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  made.append(...children);
  return made;
}

export const show = (place, ...children) => place.replaceChildren(...children);

export function loading(what) {
  return element("p.loading", { role: "status" }, what);
}

export function failed(error, again) {
  const said = element("p", {}, error.code === "missing_api_key" ? "This needs an API key." : error.message);
  const hint = HINTS[error.code] ? element("p.hint", {}, HINTS[error.code]) : null;
  return element("div.failed", { role: "alert" }, said, hint, again && element("button", { type: "button", onclick: again }, "Try again"));
}

const HINTS = {
  missing_api_key: "Put your API key into the field at the top.",
  invalid_api_key: "The key at the top is not known here.",
  insufficient_credits: "The owner of this stack can add credits: tokstack credits grant.",
  upstream_challenge: "TikTok asks for proof that a person is asking. Later it may not.",
};

const COUNT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });
export const count = (value) => (value === null || value === undefined ? "–" : COUNT.format(value));

const SIZES = ["B", "kB", "MB", "GB"];
export function bytes(value) {
  if (value === null || value === undefined) return "";
  const power = value ? Math.min(Math.floor(Math.log10(value) / 3), SIZES.length - 1) : 0;
  return `${(value / 1000 ** power).toFixed(power ? 1 : 0)} ${SIZES[power]}`;
}

export const seconds = (value) => `${Math.floor(value / 60)}:${(value % 60).toFixed(1).padStart(4, "0")}`;

const DAY = new Intl.DateTimeFormat("en", { dateStyle: "medium" });
export const day = (text) => (text ? DAY.format(new Date(text)) : "–");
