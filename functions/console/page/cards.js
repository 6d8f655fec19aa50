// An item of the library.

import { sparkline } from "./charts.js";
import { count, day, drawing, element } from "./dom.js";

const DELTAS = [
  [30, "deltaRank30d"],
  [14, "deltaRank14d"],
  [7, "deltaRank7d"],
  [3, "deltaRank3d"],
];
const SIGNS = {
  video: "M7 4.5v15l12-7.5z",
  carousel: "M3 7h12v13H3zM8 4h13v13h-4V5z",
  image: "M3 4h18v16H3zM5 18l5-7 4 5 2-2 3 4z",
};

export function card(item) {
  const { metrics, profile, content, shop } = item;
  return element(
    "li.card",
    {},
    picture(item),
    element(
      "div.card-body",
      {},
      element("p.kind", {}, element("span.badge", { "data-kind": item.type }, item.type), item.status === "unknown" ? "" : ` ${item.status}`, item.isPinned ? " · pinned" : ""),
      element("p.caption", { dir: "auto" }, content.description ?? "Without a caption"),
      element("p.who", {}, handle(profile), profile.followers === null ? "" : ` · ${count(profile.followers)} followers`),
      shop && element("p.who", {}, link({ domain: shop.domain }, shop.name ?? shop.domain)),
      element(
        "dl.counters",
        {},
        [
          ["Views", count(metrics.views)],
          ["Likes", count(metrics.likes)],
          ["Engaged", metrics.engagementRate === null ? "–" : `${metrics.engagementRate} %`],
          ["Days", item.daysRunning ?? "–"],
        ].map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", {}, String(value)))),
      ),
      rank(metrics),
      element("p.when", {}, `published ${day(item.publishedAt)}`, ...lookAt(item)),
    ),
  );
}

function picture(item) {
  if (!item.media.thumbnailUrl) return blank(item);
  const image = element("img", { src: item.media.thumbnailUrl, alt: "", loading: "lazy", referrerpolicy: "no-referrer" });
  image.addEventListener("error", () => image.replaceWith(blank(item)));
  return image;
}

/** Where there is no picture, or it is gone from where TikTok kept it: a colour of its own, and what kind it is of. */
function blank({ id, media }) {
  const hue = [...id].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 360, 7);
  const made = element("div.blank", { "aria-hidden": "true" }, drawing("svg", { viewBox: "0 0 24 24" }, drawing("path", { d: SIGNS[media.type] ?? SIGNS.image })), media.type);
  made.style.setProperty("--hue", hue);
  return made;
}

const handle = (profile) => (profile.handle ? link({ handle: profile.handle }, `@${profile.handle}`) : (profile.name ?? "–"));
const link = (parameters, text) => element("a", { href: `#/library?${new URLSearchParams(parameters)}`, dir: "auto" }, text);

/** A post can be looked at here; an ad is often none. */
function lookAt({ type, tiktokId, profile }) {
  if (type !== "organic" || !tiktokId || !profile.handle) return [];
  const url = `https://www.tiktok.com/@${profile.handle}/video/${tiktokId}`;
  return [" · ", element("a", { href: `#/post?${new URLSearchParams({ url })}` }, "look at it")];
}

/** The place among the profile's items, and how it moved: what it was N days ago is the rank and what was won since. */
function rank(metrics) {
  if (metrics.rank === null) return null;
  const past = DELTAS.map(([, name]) => (metrics[name] === null ? null : -(metrics.rank + metrics[name])));
  const moves = DELTAS.filter(([, name]) => metrics[name] !== null).map(([days, name]) => [metrics[name], `${metrics[name] > 0 ? "+" : ""}${metrics[name]} in ${days} d`]);
  const said = `Rank ${metrics.rank}${moves.length ? `: ${moves.map(([, text]) => text).join(", ")}` : ""}`;
  const latest = moves.findLast(([places]) => places);
  return element("p.rank", { title: said }, `#${metrics.rank}`, sparkline([...past, -metrics.rank], said), latest ? element("small", {}, latest[1]) : "");
}
