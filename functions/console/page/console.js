// Which part is shown, and the key.

import { ask, keep, key } from "./api.js";
import { library } from "./library.js";
import { post } from "./post.js";
import { usage } from "./usage.js";

const PARTS = { post, library, usage };
const TITLES = { post: "Post", library: "Library", usage: "Usage" };
const main = document.querySelector("main");
const state = document.querySelector("#key-state");
const field = document.querySelector("#key");

/** `#/library?type=ad` is the part and its parameters: every view has an address that can be shared. */
export function route() {
  const [path, query = ""] = location.hash.replace(/^#\//, "").split("?");
  return { part: path in PARTS ? path : "post", parameters: new URLSearchParams(query) };
}

function render() {
  const { part, parameters } = route();
  const held = focused();
  document.title = `${TITLES[part]} · Tokstack`;
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${part}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  main.replaceChildren(document.querySelector(`#${part}-view`).content.cloneNode(true));
  PARTS[part](parameters);
  if (held) (main.querySelector(held) ?? main).focus({ preventScroll: true });
}

/** What has the focus within the part that is about to be replaced, so that the keyboard stays where it is. */
function focused() {
  const { activeElement: at } = document;
  if (!main.contains(at)) return null;
  if (at.id) return `#${CSS.escape(at.id)}`;
  return at.name ? `[name="${CSS.escape(at.name)}"]` : "main";
}

async function look() {
  if (!key()) {
    state.textContent = "";
    return;
  }
  try {
    const { data } = await ask("/v1/usage");
    told(data.creditsRemaining);
  } catch (error) {
    state.textContent = error.message;
    state.className = "bad";
  }
}

function told(credits) {
  state.textContent = `${credits.toLocaleString("en")} credits`;
  state.className = "";
}

document.addEventListener("credits", (event) => told(event.detail));
document.querySelector("#key-form").addEventListener("submit", (event) => {
  event.preventDefault();
  keep(field.value.trim());
  look();
  render();
});
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // the address names the part
  main.focus();
});
addEventListener("hashchange", () => {
  render();
  scrollTo(0, 0);
});

field.value = key();
look();
render();
