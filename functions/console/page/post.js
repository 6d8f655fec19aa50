// A link: what it leads to, who made it, and its files.

import { ask } from "./api.js";
import { converter } from "./converter.js";
import { bytes, count, day, element, failed, loading, show } from "./dom.js";
import { sound } from "./sound.js";

const TIKTOK = /(^|\/\/|\.)tiktok\.com\/|^\d+$/i;

export function post(parameters) {
  const form = document.querySelector("#link-form");
  const place = document.querySelector("#post");
  const link = document.querySelector("#link");
  const given = parameters.get("url") ?? "";
  link.value = given;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const wanted = `#/post?${new URLSearchParams({ url: link.value.trim() })}`;
    if (location.hash === wanted) look(link.value.trim(), place);
    else location.hash = wanted;
  });
  if (given) look(given, place);
  else {
    show(place, element("p.empty", {}, "A post’s player, counters, author and sound appear here, with every file it has."));
    link.focus();
  }
}

async function look(url, place) {
  show(place, loading("Looking at it…"));
  try {
    show(place, ...(await (TIKTOK.test(url) ? ofTikTok(url) : ofAnywhere(url))));
  } catch (error) {
    show(place, failed(error, () => look(url, place)));
  }
}

async function ofTikTok(url) {
  const [{ data: statistic }, { data: files }] = await Promise.all([
    ask("/api/tiktok/statistic", { parameters: { url } }),
    ask("/api/tiktok/downloader", { parameters: { url } }),
  ]);
  const video = files.type === "video";
  const player = video ? played("video", files.media.no_watermark) : slides(files.images, statistic.title);
  return [
    element(
      "article.post",
      {},
      element("div.stage", {}, player),
      element(
        "div.facts",
        {},
        element("h2", { dir: "auto" }, statistic.title || "Without a caption"),
        element("p.who", {}, ...who(statistic)),
        counters(statistic),
        statistic.hashtags.length ? element("p.tags", { dir: "auto" }, statistic.hashtags.join(" ")) : null,
        files.media.music ? sound(files.id, files.media.music) : null,
        media(files),
        converter(url, { seconds: statistic.duration, player: video ? player : null }),
      ),
    ),
  ];
}

function who(statistic) {
  const { profile, nickname } = statistic.post_author;
  const name = nickname ?? statistic.unique_id ?? "Somebody";
  return [
    profile ? element("a", { href: profile, rel: "noreferrer" }, name) : name,
    statistic.unique_id ? ` @${statistic.unique_id}` : "",
    statistic.published_at ? ` · ${day(statistic.published_at)}` : "",
    statistic.region ? ` · ${statistic.region}` : "",
  ];
}

function counters(statistic) {
  const told = [
    ["Plays", statistic.total_play],
    ["Likes", statistic.total_like],
    ["Comments", statistic.total_comment],
    ["Shares", statistic.total_share],
    ["Saves", statistic.total_save],
    ["Downloads", statistic.total_download],
  ];
  return element(
    "dl.counters",
    {},
    told.map(([name, value]) => element("div", {}, element("dt", {}, name), element("dd", { title: value?.toLocaleString("en") ?? "not known" }, count(value)))),
  );
}

function played(tag, url) {
  return element(tag, { controls: true, playsinline: true, preload: "metadata", src: url });
}

function slides(images, title) {
  const shown = images.map((url, at) =>
    element("img", { src: url, alt: `${title ?? "Slide"}, ${at + 1} of ${images.length}`, loading: at ? "lazy" : "eager" }),
  );
  return element("div.slides", { tabindex: "0", role: "group", "aria-label": `${images.length} slides` }, shown);
}

function media(files) {
  const links = [
    ...files.renditions.map((file) => [`${file.quality ?? "video"} ${file.codec ?? ""}`.trim(), file.url, bytes(file.bytes)]),
    ...files.images.map((url, at) => [`slide ${at + 1}`, url, ""]),
    ["with watermark", files.media.watermark, ""],
    ["sound", files.media.music, ""],
  ].filter(([, url]) => url);
  return element("div.files", { role: "group", "aria-label": "Files" }, links.map(([name, url, size]) => file(name, url, size)));
}

/** Storage shows what it is asked for, it does not save it: so not in place of this page. */
const file = (name, url, size = "") =>
  element("a.button.file", { href: url, target: "_blank", rel: "noreferrer" }, name, size ? element("small", {}, size) : "");

/** A page of another site: yt-dlp knows some 1,800 of them. */
async function ofAnywhere(url) {
  const { items } = await ask("/api/download", { body: { url } });
  const [first] = items;
  const pictures = items.filter((item) => item.type === "image");
  const player = pictures.length || items.length > 1 ? null : played(first.type, first.url);
  const stage = pictures.length ? slides(pictures.map((item) => item.url), first.title) : player;
  const names = items.map((item, at) => file(items.length > 1 || !item.title ? `${item.type} ${at + 1}` : item.title, item.url));
  return [
    element(
      "article.post",
      {},
      stage && element("div.stage", {}, stage),
      element(
        "div.facts",
        {},
        element("h2", { dir: "auto" }, first.title ?? url),
        element("p.who", {}, first.site),
        element("div.files", { role: "group", "aria-label": "Files" }, names),
        player && converter(url, { seconds: null, player }),
      ),
    ),
  ];
}
