// The key that this browser keeps, and what its account has used.

import { ask, key } from "./api.js";
import { bars } from "./charts.js";
import { element, failed, loading, show } from "./dom.js";

const DAYS = 30;

export function usage() {
  look(document.querySelector("#usage"));
}

async function look(place) {
  if (!key()) {
    show(place, element("p.empty", {}, "Put a key into the field at the top. It stays in this browser, and is sent to this service alone."));
    return;
  }
  show(place, loading("Adding up…"));
  try {
    const { data } = await ask("/v1/usage");
    show(place, summary(data), byDay(data.byDay ?? {}), byRoute(data.byRoute));
  } catch (error) {
    show(place, failed(error, () => look(place)));
  }
}

function summary(data) {
  const figures = [
    ["Account", data.account],
    ["Credits left", data.creditsRemaining.toLocaleString("en")],
    ["Credits used", data.creditsUsed.toLocaleString("en")],
  ];
  return element("dl.counters", {}, figures.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, value))));
}

function byDay(used) {
  const today = Date.now();
  const days = Array.from({ length: DAYS }, (_, at) => new Date(today - (DAYS - 1 - at) * 86_400_000).toISOString().slice(0, 10));
  return element("section", {}, element("h2", {}, "Credits per day"), bars(days.map((day) => [day, used[day] ?? 0]), "credits"));
}

function byRoute(used) {
  const rows = Object.entries(used).filter(([, credits]) => credits).sort(([, a], [, b]) => b - a);
  if (!rows.length) return element("p.empty", {}, "Nothing was used yet.");
  const cells = rows.map(([route, credits]) => element("tr", {}, element("th", { scope: "row" }, route), element("td", {}, credits.toLocaleString("en"))));
  return element("table.routes", {}, element("caption", {}, "Credits per route"), element("tbody", {}, cells));
}
