// The sound of a post: its player at once, its name and its makers as soon as they are known.

import { ask } from "./api.js";
import { element, show } from "./dom.js";

export function sound(postId, url) {
  const name = element("p.sound-name", { dir: "auto" }, "Sound");
  tell(postId, name);
  return element("section.sound", { "aria-label": "Sound" }, name, element("audio", { controls: true, preload: "none", src: url }));
}

async function tell(postId, place) {
  const { data } = await ask(`/v1/tiktok/videos/${encodeURIComponent(postId)}`).catch(() => ({ data: {} })); // it plays all the same
  if (!data.audio) return;
  const { name, duration, attributedTo } = data.audio;
  const makers = [attributedTo ?? []].flat().map((maker) => maker.name).filter(Boolean);
  show(place, element("strong", {}, name), [...makers.map((maker) => ` · ${maker}`), duration ? ` · ${Math.round(duration)} s` : ""].join(""));
}
