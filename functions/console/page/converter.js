// A cut of a post as mp3, mp4, wav or gif: handles over a filmstrip, the job's progress, the file.

import { ask } from "./api.js";
import { bytes, element, failed, seconds, show } from "./dom.js";

const FORMATS = ["mp3", "mp4", "wav", "gif"];
const FRAMES = 10;
const STEP = 0.1; // seconds
const LOOK = 1000; // milliseconds between two looks at a job

/** `seconds` may be null until the player tells them; it is null where there is none. */
export function converter(url, { seconds: told, player }) {
  const form = element("form.converter", { "aria-labelledby": "convert-title" });
  const place = element("div.job", { "aria-live": "polite" });
  const range = cutter(player);
  if (told) range.setLength(told);
  player?.addEventListener("loadedmetadata", () => Number.isFinite(player.duration) && range.setLength(player.duration));
  form.append(
    element("h2", { id: "convert-title" }, "Convert"),
    range.node,
    element("div.buttons", { role: "group", "aria-label": "Format" }, FORMATS.map((format) => element("button", { type: "submit", name: "format", value: format }, format))),
    place,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    convert(url, event.submitter.value, range.options(), place);
  });
  return form;
}

function cutter(player) {
  const strip = element("canvas.strip", { width: "1000", height: "90", hidden: true, "aria-hidden": "true" });
  const from = handle("Start");
  const to = handle("End");
  const said = element("output", {}, "The whole of it");
  const kept = element("div.kept");
  const track = element("div.track", { hidden: true }, strip, kept, from, to);
  let length = null;

  /** The handles stand on whole steps, the last may be short of the end by less than one. */
  const cut = () => {
    const [start, end] = [Number(from.value), Number(to.value)];
    return length && (start > 0 || end <= length - STEP) ? { start_time: start, end_time: end } : {};
  };
  const told = () => {
    kept.style.setProperty("--from", from.value / from.max);
    kept.style.setProperty("--to", to.value / to.max);
    for (const each of [from, to]) each.setAttribute("aria-valuetext", seconds(Number(each.value)));
    const { start_time: start, end_time: end } = cut();
    said.textContent = end ? `${seconds(start)} – ${seconds(end)}, ${(end - start).toFixed(1)} s` : "The whole of it";
  };
  const moved = (each, value) => {
    each.value = value;
    told();
    if (player) player.currentTime = Number(each.value);
  };
  from.addEventListener("input", () => moved(from, Math.min(Number(from.value), Number(to.value) - STEP)));
  to.addEventListener("input", () => moved(to, Math.max(Number(to.value), Number(from.value) + STEP)));
  return {
    node: element("div.cutter", {}, track, said),
    setLength(value) {
      if (length) return;
      length = value;
      track.hidden = false;
      for (const [each, at] of [
        [from, 0],
        [to, length],
      ]) {
        each.max = length;
        each.value = at;
      }
      told();
      if (player?.matches("video")) filmstrip(player.currentSrc || player.src, length, strip);
    },
    options: cut,
  };
}

const handle = (name) => element("input", { type: "range", min: "0", max: "1", step: STEP, value: "0", "aria-label": `${name}, seconds` });

/** Frames of the film, one beside the other; where they cannot be had the handles do without. */
async function filmstrip(source, length, strip) {
  const film = element("video", { src: source, muted: true, preload: "auto", playsinline: true });
  film.muted = true;
  const sketch = strip.getContext("2d");
  const width = strip.width / FRAMES;
  try {
    for (let at = 0; at < FRAMES; at++) {
      await sought(film, (length * (at + 0.5)) / FRAMES);
      const scale = Math.max(width / film.videoWidth, strip.height / film.videoHeight);
      const [w, h] = [film.videoWidth * scale, film.videoHeight * scale];
      sketch.save();
      sketch.beginPath();
      sketch.rect(at * width, 0, width, strip.height);
      sketch.clip();
      sketch.drawImage(film, at * width + (width - w) / 2, (strip.height - h) / 2, w, h);
      sketch.restore();
      strip.hidden = false;
    }
  } catch {
    strip.hidden = true;
  } finally {
    film.removeAttribute("src");
    film.load();
  }
}

const sought = (film, moment) =>
  new Promise((done, refused) => {
    film.addEventListener("seeked", done, { once: true });
    film.addEventListener("error", refused, { once: true });
    film.currentTime = moment;
  });

async function convert(url, format, options, place) {
  const bar = element("progress", { max: "1", "aria-label": `${format}, progress` });
  const said = element("span", {}, "Waiting…");
  show(place, element("p.progress", {}, element("strong", {}, format), bar, said));
  try {
    const { job } = await ask(`/api/convert/${format}`, {
      body: { url, ...(Object.keys(options).length ? { options } : {}) },
      headers: { prefer: "respond-async" },
    });
    show(place, result(format, await ended(job.id, place, bar, said)));
  } catch (error) {
    show(place, failed(error, () => convert(url, format, options, place)));
  }
}

/** The job when it has ended. It is looked at no longer than its progress is on the page. */
async function ended(id, place, bar, said) {
  for (;;) {
    const { data } = await ask(`/v1/jobs/${encodeURIComponent(id)}`);
    if (data.status === "succeeded" || data.status === "failed") return data;
    if (data.progress) bar.value = data.progress;
    said.textContent = data.status === "running" ? `${Math.round(data.progress * 100)} %` : "Waiting…";
    await new Promise((done) => setTimeout(done, LOOK));
    if (!place.isConnected) throw new Error("Nobody looks at it any more.");
  }
}

function result(format, job) {
  if (job.error) return failed({ message: job.error.message, code: job.error.code });
  const { url, bytes: size } = job.result;
  const heard = format === "mp3" || format === "wav";
  const shown = format === "gif" ? element("img", { src: url, alt: "The result" }) : element(heard ? "audio" : "video", { controls: true, preload: "metadata", src: url });
  return element(
    "div.result",
    {},
    shown,
    element("a.button.file", { href: url, download: "" }, `Save ${format}`, element("small", {}, bytes(size))),
  );
}
