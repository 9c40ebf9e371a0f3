// What the page shows just now, and the address that tells it.
import { DAY, isoDay, field, minuteOf, midnight, now } from "./time.js";

export const MODES = ["machines", "centres", "people"];
export const AXIS = 40;
const CLOSEST = 120, WIDEST = 190 * DAY;

export const view = {
  start: 0, minutes: 7 * DAY, top: 0, width: 800, height: 400, labels: 168, ratio: 1,
  mode: "machines", chosen: 0, baseline: false, chain: false, busyOnly: false, hover: -1, row: 0,
};

export const scale = () => (view.width - view.labels) / view.minutes;
export const xOf = (minute) => view.labels + (minute - view.start) * scale();
export const minuteAt = (x) => view.start + (x - view.labels) / scale();
export const stop = () => view.start + view.minutes;

export function readAddress() {
  const asked = new URLSearchParams(location.search);
  const days = Number(asked.get("days")), from = asked.get("from") || "";
  view.minutes = days > 0 ? Math.min(Math.max(days * DAY, CLOSEST), WIDEST) : 7 * DAY;
  const begin = /^\d{4}-\d\d-\d\d(T\d\d:\d\d)?$/.test(from) ? minuteOf(from.length === 10 ? `${from}T00:00` : from) : NaN;
  view.start = Number.isFinite(begin) ? begin : midnight(now());
  view.mode = MODES.includes(asked.get("rows")) ? asked.get("rows") : "machines";
  view.chosen = Number(asked.get("op")) || 0;
  view.baseline = asked.get("baseline") === "1";
  view.chain = asked.get("chain") === "1";
  view.busyOnly = asked.get("busy") === "1";
}

export function address() {
  const told = new URLSearchParams({ from: field(Math.round(view.start)), days: String(Math.round((view.minutes / DAY) * 100) / 100) });
  if (view.mode !== "machines") told.set("rows", view.mode);
  if (view.chosen) told.set("op", view.chosen);
  for (const [name, key] of [["baseline", "baseline"], ["chain", "chain"], ["busy", "busyOnly"]]) if (view[key]) told.set(name, "1");
  return `?${told}`;
}

let timer = 0;
export function tellAddress() {
  clearTimeout(timer);
  timer = setTimeout(() => history.replaceState(history.state, "", address()), 200);
}

// Zoom by a factor around a place that stays where it is.
export function zoom(factor, x = view.labels + (view.width - view.labels) / 2) {
  zoomTo(view.minutes * factor, minuteAt(x), x);
}

// Show so many minutes, this one at that place.
export function zoomTo(minutes, fixed, x) {
  view.minutes = Math.min(Math.max(minutes, CLOSEST), WIDEST);
  view.start = fixed - (x - view.labels) / scale();
}

// The days to ask for: half a window more on either side.
export function wanted() {
  const margin = Math.max(view.minutes / 2, DAY);
  const first = midnight(view.start - margin);
  return { from: isoDay(first), days: Math.min(Math.ceil((stop() + margin - first) / DAY), 190) };
}

// Whether what is loaded reaches a quarter of the window beyond what is seen.
export const covered = (data) => data && (view.mode !== "people" || data.asked) && data.from <= view.start - view.minutes / 8 && data.to >= stop() + view.minutes / 8;
