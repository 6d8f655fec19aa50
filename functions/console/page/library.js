// The library: what is asked stands in the address, so that a search can be shared.

import { ask } from "./api.js";
import { card } from "./cards.js";
import { element, failed, loading, show } from "./dom.js";

const DEFAULTS = { searchArea: "all", type: "all", status: "all", sortBy: "newest", order: "desc" };

export function library(parameters) {
  const form = document.querySelector("#library-form");
  const more = form.querySelector("details");
  for (const [name, value] of parameters) {
    const field = form.elements[name];
    if (!field) continue;
    field.value = value;
    more.open ||= more.contains(field);
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    go(asked(form));
  });
  form.addEventListener("change", (event) => event.target.matches("select") && go(asked(form)));
  form.addEventListener("reset", () => go({}));
  look(Object.fromEntries(parameters), document.querySelector("#items"));
}

const asked = (form) =>
  Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, value.trim()]).filter(([name, value]) => value && DEFAULTS[name] !== value));

function go(parameters) {
  const query = new URLSearchParams(parameters);
  const wanted = query.size ? `#/library?${query}` : "#/library";
  if (location.hash === wanted) look(parameters, document.querySelector("#items"));
  else location.hash = wanted;
}

async function look(parameters, place) {
  show(place, loading("Searching…"));
  try {
    const { data, pagination } = await ask("/v1/tiktok/library", { parameters: { limit: 24, ...parameters } });
    if (data.length) show(place, found(pagination), element("ul.cards", {}, data.map(card)), pages(pagination, parameters));
    else show(place, element("p.empty", {}, pagination.total ? "There is nothing on this page." : "Nothing in the library is like that."));
  } catch (error) {
    show(place, failed(error, () => look(parameters, place)));
  }
}

function found({ total, page, totalPages }) {
  const pages = totalPages > 1 ? `, page ${page} of ${totalPages.toLocaleString("en")}` : "";
  return element("div.found", {}, element("p", { role: "status" }, `${total.toLocaleString("en")} found${pages}`), share());
}

/** A search is its address: whoever opens it, with a key of theirs, finds the same. */
function share() {
  const button = element("button.quiet", { type: "button" }, "Copy link");
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(location.href);
    button.textContent = "Copied";
  });
  return button;
}

function pages({ page, totalPages }, parameters) {
  if (totalPages < 2) return "";
  const to = (number, text, name) =>
    number < 1 || number > totalPages
      ? element("span.button.quiet", { "aria-disabled": "true" }, text)
      : element("a.button.quiet", { href: `#/library?${new URLSearchParams({ ...parameters, page: number })}`, "aria-label": name }, text);
  return element("nav.pages", { "aria-label": "Pages" }, to(page - 1, "‹ Before", "The page before"), element("span", {}, `${page} / ${totalPages}`), to(page + 1, "Next ›", "The next page"));
}
