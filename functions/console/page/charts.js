// Small drawings.

import { drawing, element } from "./dom.js";

const [WIDTH, HEIGHT] = [96, 24];

/** A line through the values, the higher the better; unknown ones are left out. `said` is what it shows, in words. */
export function sparkline(values, said) {
  const known = values.map((value, at) => [at, value]).filter(([, value]) => value !== null && value !== undefined);
  if (known.length < 2) return null;
  const [low, high] = [Math.min(...known.map(([, value]) => value)), Math.max(...known.map(([, value]) => value))];
  const x = (at) => 2 + (at / (values.length - 1)) * (WIDTH - 4);
  const y = (value) => HEIGHT - 3 - (high === low ? 0.5 : (value - low) / (high - low)) * (HEIGHT - 6);
  const points = known.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`);
  const [lastX, lastY] = points.at(-1).split(",");
  return drawing(
    "svg",
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "sparkline", role: "img", "aria-label": said },
    drawing("polyline", { points: points.join(" ") }),
    drawing("circle", { cx: lastX, cy: lastY, r: "2" }),
  );
}

/** Bars, one a day, with a table for those who read instead of looking. */
export function bars(days, unit) {
  const most = Math.max(1, ...days.map(([, value]) => value));
  const width = 100 / days.length;
  const drawn = days.map(([day, value], at) => {
    const height = (value / most) * 100;
    const bar = drawing("rect", { x: at * width + width * 0.15, y: 100 - height, width: width * 0.7, height, rx: "0.4" });
    bar.append(drawing("title", {}, `${day}: ${value} ${unit}`));
    return bar;
  });
  return element(
    "figure.bars",
    {},
    drawing("svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none", "aria-hidden": "true" }, ...drawn),
    element("figcaption", {}, element("span", {}, days[0][0]), element("span", {}, `at most ${most} ${unit} a day`), element("span", {}, days.at(-1)[0])),
    element(
      "table.hidden",
      {},
      element("caption", {}, `${unit} a day`),
      days.map(([day, value]) => element("tr", {}, element("th", { scope: "row" }, day), element("td", {}, String(value)))),
    ),
  );
}
