// The picture below: rows, closed hours, downtimes, bars. Bars of a pixel are drawn once per pixel.
import { HELD, MARKS, RUNNING, isLate } from "./data.js";
import { HEAD, LANE, PAD, firstAt, rowAt } from "./rows.js";
import { clock, day, edgeAfter, midnight, ticks, weekday } from "./time.js";
import { AXIS, scale, stop, view, xOf } from "./view.js";

const NAMED = 34, FRAMED = 4, SMALL = 11 / 12;
let widths = null;

export function drawBoard(pen, paint, data, layout, hidden) {
  const { width, height } = view;
  pen.fillStyle = paint.surface;
  pen.fillRect(0, 0, width, height);
  if (!data) return;
  widths = paint.widths;
  const lines = ticks(view.start, stop(), scale());
  const first = Math.max(0, rowAt(layout, Math.max(0, view.top)));
  const shown = [];
  for (let number = first; number < layout.rows.length && layout.rows[number].y - view.top < height - AXIS; number += 1) shown.push(layout.rows[number]);
  grounds(pen, paint, data, shown);
  grid(pen, paint, lines, shown);
  bars(pen, paint, data, shown, hidden);
  labels(pen, paint, shown);
  axis(pen, paint, lines, data);
}

const y0 = (row) => AXIS + row.y - view.top;

// Closed hours and downtimes ---------------------------------------------------------------------
function grounds(pen, paint, data, shown) {
  const k = scale(), left = view.labels, long = 7 / k;
  const closed = new Map();
  pen.fillStyle = paint.sunk;
  for (const row of shown) {
    if (row.members) { shifts(pen, data, row, long); continue; }
    if (row.head || row.hours === undefined || row.hours < 0) continue;
    if (!closed.has(row.hours)) closed.set(row.hours, gaps(data, data.hours[row.hours], long));
    for (const [from, to] of closed.get(row.hours)) {
      const x = Math.max(left, xOf(from));
      pen.fillRect(x, y0(row), xOf(to) - x, row.h);
    }
  }
  if (view.mode === "people") for (const away of data.absences) absent(pen, paint, data, shown, away);
  if (view.mode !== "machines") return;
  for (const extra of data.overtime) stretch(pen, paint, shown, extra, paint.goodBg, paint.goodFg, `+ Overtime${extra.note ? `: ${extra.note}` : ""}`);
  for (const down of data.downtimes) stretch(pen, paint, shown, down, paint.down, paint.badFg, `✕ ${down.cause}${down.note ? `: ${down.note}` : ""}`);
}

// When each person of a crew is not there.
function shifts(pen, data, row, long) {
  const high = row.lanes > 1 ? LANE : row.h;
  row.members.forEach((who, lane) => {
    const top = y0(row) + (row.lanes > 1 ? PAD + lane * LANE : 0);
    for (const [from, to] of gaps(data, data.people[who].edges, long)) {
      const x = Math.max(view.labels, xOf(from));
      pen.fillRect(x, top, xOf(to) - x, high);
    }
  });
}

function absent(pen, paint, data, shown, { person, start, end, note }) {
  const row = shown.find((each) => each.members?.includes(person)), lane = row?.members.indexOf(person);
  if (!row || end < view.start || start > stop()) return;
  const x = Math.max(view.labels, xOf(start)), w = Math.max(2, Math.min(view.width, xOf(end)) - x), many = row.lanes > 1;
  strip(pen, paint, { x, y: y0(row) + (many ? PAD + lane * LANE : 0), w, h: (many ? LANE : row.h) - 1 }, paint.down, paint.badFg, `✕ Away${note ? `: ${note}` : ""}`);
}

// A stretch in which a machine stands or works longer, with its word.
function stretch(pen, paint, shown, { machine, start, end }, ground, ink, words) {
  const row = shown.find((each) => each.machine === machine && !each.head);
  if (!row || end < view.start || start > stop()) return;
  const x = Math.max(view.labels, xOf(start)), w = Math.max(2, Math.min(view.width, xOf(end)) - x);
  strip(pen, paint, { x, y: y0(row), w, h: row.h - 1 }, ground, ink, words);
}

function strip(pen, paint, { x, y, w, h }, ground, ink, words) {
  pen.fillStyle = ground;
  pen.fillRect(x, y, w, h);
  pen.fillStyle = ink;
  pen.fillRect(x, y, 2, h);
  const text = fitted(words, w - 12, SMALL), middle = y + (h + 1) / 2;
  if (!text) return;
  pen.font = paint.small;
  pen.fillStyle = paint.surface;
  pen.fillRect(x + 4, middle - 8, pen.measureText(text).width + 6, 16);
  pen.fillStyle = ink;
  pen.fillText(text, x + 7, middle + 4);
}

// Where the edges leave nobody working, as far as it can be seen.
function gaps(data, edges, least) {
  const found = [], end = Math.min(stop(), data.to);
  let last = Math.max(view.start, data.from);
  for (let at = edgeAfter(edges, last); at < edges.length && edges[at] < end; at += 2) {
    if (edges[at] - last > least) found.push([last, edges[at]]);
    last = edges[at + 1];
  }
  if (end - last > least) found.push([last, end]);
  return found;
}

function grid(pen, paint, lines, shown) {
  const bottom = shown.length ? y0(shown[shown.length - 1]) + shown[shown.length - 1].h : AXIS;
  for (const [minute, kind, monday] of lines) {
    const x = Math.round(xOf(minute));
    if (x < view.labels) continue;
    pen.fillStyle = monday ? paint.lineStrong : paint.line;
    pen.globalAlpha = monday ? 0.5 : kind === 1 ? 0.6 : 1;
    pen.fillRect(x, AXIS, 1, Math.min(bottom, view.height) - AXIS);
  }
  pen.globalAlpha = 1;
  for (const row of shown) {
    pen.fillStyle = row.head ? paint.paper : paint.line;
    if (row.head) pen.fillRect(0, y0(row), view.width, row.h);
    pen.fillStyle = paint.line;
    pen.fillRect(0, y0(row) + row.h - 1, view.width, 1);
  }
}

// Bars -------------------------------------------------------------------------------------------
function bars(pen, paint, data, shown, hidden) {
  const k = scale(), from = view.start, to = stop(), left = view.labels;
  const groups = [[], [], [], [], [], []], late = [], texts = [], pins = [];
  for (const row of shown) {
    const base = y0(row) + PAD, h = row.bar, { items, lane, lanes, end } = row;
    const last = new Float64Array(lanes || 1).fill(-1);
    for (let at = firstAt(data, row, from); at < items.length; at += 1) {
      const i = items[at];
      if (data.start[i] >= to) break;
      if (end[i] <= from || hidden?.has(i)) continue;
      const here = lane ? lane[at] : 0;
      const x = Math.max(left - 2, left + (data.start[i] - from) * k), right = left + (end[i] - from) * k;
      const edge = Math.floor(right * 2);
      if (edge <= last[here]) continue;
      last[here] = edge;
      const w = Math.max(1, right - x - (right - x > 4 ? 1 : 0)), y = base + here * LANE;
      groups[data.status[i]].push(x, y, w, h);
      if (isLate(data, i)) late.push(x, y, w, h);
      if (data.pinned[i] && w > 12) pins.push(right - 9, y + 5);
      if (w > NAMED) texts.push(i, x, y, w, h);
    }
  }
  groups.forEach((all, status) => paintBars(pen, paint, status, all));
  paintLate(pen, paint, late);
  paintTexts(pen, paint, data, texts);
  for (let at = 0; at < pins.length; at += 2) pin(pen, paint, pins[at], pins[at + 1]);
}

function paintBars(pen, paint, status, all) {
  const [ground, frame, , thick] = paint.states[status];
  pen.fillStyle = frame;
  const plain = status === HELD;
  if (!plain) for (let at = 0; at < all.length; at += 4) pen.fillRect(all[at], all[at + 1], all[at + 2], all[at + 3]);
  pen.fillStyle = ground;
  for (let at = 0; at < all.length; at += 4) {
    const w = all[at + 2];
    if (plain) pen.fillRect(all[at], all[at + 1], w, all[at + 3]);
    else if (w >= FRAMED) pen.fillRect(all[at] + thick, all[at + 1] + thick, w - 2 * thick, all[at + 3] - 2 * thick);
  }
  if (!plain) return;
  pen.strokeStyle = frame;
  pen.setLineDash([4, 3]);
  for (let at = 0; at < all.length; at += 4) pen.strokeRect(all[at] + 0.5, all[at + 1] + 0.5, all[at + 2] - 1, all[at + 3] - 1);
  pen.setLineDash([]);
}

function paintLate(pen, paint, all) {
  pen.fillStyle = paint.danger;
  for (let at = 0; at < all.length; at += 4) {
    const x = all[at], y = all[at + 1], w = all[at + 2], h = all[at + 3];
    pen.fillRect(x, y + h - 3, w, 3);
    if (w < 8) continue;
    pen.fillRect(x, y, w, 1.5);
    pen.fillRect(x, y, 2, h);
    pen.fillRect(x + w - 2, y, 2, h);
  }
}

export function labelOf(data, i) {
  const line = data.lines[data.line[i]];
  return `${line.late ? "▲ " : ""}${MARKS[data.status[i]]}${MARKS[data.status[i]] ? " " : ""}${line.ref.replace(/^SO-\d{4}-/, "")} ${data.names[data.name[i]]}`;
}

// As much of a text as there is room for; letters are as wide as they were measured once.
const widthOf = (code) => (code < 128 ? widths[code] : 12);

export function fitted(text, width, size = 1) {
  const room = width / size;
  let used = 0, kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    used += widthOf(text.charCodeAt(at));
    if (used <= room - 12) kept = at + 1;
    if (used > room) return kept < 2 ? "" : `${text.slice(0, kept).trimEnd()}…`;
  }
  return text;
}

function paintTexts(pen, paint, data, texts) {
  pen.font = paint.font;
  for (let at = 0; at < texts.length; at += 5) {
    const i = texts[at], x = Math.max(texts[at + 1], view.labels) + 5, w = texts[at + 1] + texts[at + 3] - x - (data.pinned[i] ? 12 : 3);
    const text = fitted(labelOf(data, i), w), y = texts[at + 2], h = texts[at + 4], status = data.status[i];
    if (!text) continue;
    if (status === 1 || status > 3) {
      pen.fillStyle = paint.grounds[status];
      pen.fillRect(x - 2, y + 2, Math.min(w + 2, pen.measureText(text).width + 4), h - 5);
    }
    pen.fillStyle = paint.states[status][2];
    pen.fillText(text, x, y + h / 2 + 4);
    if (text[0] !== "▲" || status === RUNNING) continue;
    pen.fillStyle = paint.badFg;
    pen.fillText("▲", x, y + h / 2 + 4);
  }
}

function pin(pen, paint, x, y) {
  pen.fillStyle = paint.ink;
  pen.beginPath();
  pen.arc(x + 2, y + 1, 3, 0, 7);
  pen.fill();
  pen.fillRect(x + 1.4, y + 3, 1.4, 6);
}

// Names of the rows and the axis, over everything --------------------------------------------------
function labels(pen, paint, shown) {
  const wide = view.labels > 130;
  pen.fillStyle = paint.surface;
  pen.fillRect(0, AXIS, view.labels, view.height - AXIS);
  for (const row of shown) {
    const y = y0(row);
    if (row.head) { pen.fillStyle = paint.paper; pen.fillRect(0, y, view.labels + 120, row.h - 1); }
    pen.fillStyle = paint.line;
    pen.fillRect(0, y + row.h - 1, view.labels, 1);
    pen.font = row.head ? paint.strong : paint.font;
    pen.fillStyle = row.lacking ? paint.badFg : paint.ink;
    const middle = y + (row.head ? HEAD : Math.min(row.h, 30)) / 2 + 4;
    const seats = row.members && row.lanes > 1 ? 18 : 0, named = row.lacking ? `▲ ${row.title}` : row.title;
    const title = row.head ? row.title : fitted(named, view.labels - seats - (wide ? 26 : 16));
    if (seats) numbers(pen, paint, row, y);
    pen.font = row.head ? paint.strong : paint.font;
    pen.fillStyle = row.lacking ? paint.badFg : paint.ink;
    pen.fillText(title, row.head ? 12 : wide ? 20 : 12, middle);
    if (row.head || !wide) continue;
    const used = 20 + pen.measureText(title).width + 8;
    pen.fillStyle = paint.muted;
    pen.font = paint.small;
    if (seats) pen.fillText(fitted(row.sub, view.labels - 44, SMALL), 20, middle + 14);
    else pen.fillText(fitted(row.sub || "", view.labels - used - 4, SMALL), used, middle);
  }
  pen.fillStyle = paint.lineStrong;
  pen.globalAlpha = 0.5;
  for (const row of shown) if (!row.head) pen.fillRect(view.labels - 1, y0(row), 1, row.h);
  pen.globalAlpha = 1;
}

// The lane of each person has a number.
function numbers(pen, paint, row, y) {
  pen.font = paint.small;
  pen.fillStyle = paint.muted;
  row.members.forEach((who, lane) => { pen.fillText(String(lane + 1), view.labels - 16, y + PAD + lane * LANE + 13); });
}

function axis(pen, paint, lines, data) {
  pen.fillStyle = paint.paper;
  pen.fillRect(0, 0, view.width, AXIS);
  pen.save();
  pen.beginPath();
  pen.rect(view.labels, 0, view.width - view.labels, AXIS);
  pen.clip();
  const hours = lines.some((line) => line[1] === 1), room = 1440 * scale();
  for (const [minute, kind] of lines) {
    const x = Math.round(xOf(minute));
    pen.fillStyle = paint.line;
    pen.fillRect(x, kind === 1 ? 24 : 0, 1, AXIS);
    pen.font = kind === 2 ? paint.strong : paint.small;
    pen.fillStyle = kind === 2 ? paint.ink : paint.muted;
    if (kind === 2) pen.fillText(room < 96 && !hours ? day(minute + 60).replace(/^\w+ /, "") : day(minute + 60), hours ? Math.max(x, Math.min(view.labels, x + room - 90)) + 4 : x + 4, 17);
    if (kind === 1) pen.fillText(clock(minute), x + 4, 34);
  }
  pen.restore();
  if (!hours) weeks(pen, paint);
  pen.fillStyle = paint.paper;
  pen.fillRect(0, 0, view.labels, AXIS);
  pen.font = paint.small;
  pen.fillStyle = paint.muted;
  const words = { machines: "Machines", centres: "Work centres", people: "People" }[view.mode];
  pen.fillText(fitted(data.cut ? "Too many: zoom in" : words, view.labels - 16), 12, 34);
  pen.fillStyle = paint.lineStrong;
  pen.fillRect(0, AXIS - 1, view.width, 1);
}

// The number of each week at its Monday.
function weeks(pen, paint) {
  pen.font = paint.small;
  pen.fillStyle = paint.muted;
  let monday = midnight(view.start);
  for (let step = 0; step < 7 && weekday(monday) !== 1; step += 1) monday = midnight(monday - 720);
  for (; monday < stop(); monday = midnight(monday + 7 * 1440 + 180)) {
    const x = Math.max(xOf(monday), view.labels), room = xOf(monday + 7 * 1440) - x;
    if (room > 56) pen.fillText(`Week ${weekOf(monday)}`, x + 4, 34);
  }
}

export function weekOf(monday) {
  const thursday = new Date((monday + 4 * 1440) * 60000);
  const first = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  return 1 + Math.floor((thursday.getTime() - first) / 604800000);
}
