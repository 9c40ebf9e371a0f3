// The picture above: now, the chosen bar, its job's chain, the baseline, what is being moved, bars on their way.
import { able, chain, index } from "./data.js";
import { fitted, labelOf } from "./draw.js";
import { PAD, firstAt, topOf } from "./rows.js";
import { clock, day, now, stamp } from "./time.js";
import { AXIS, stop, view, xOf } from "./view.js";

const GLIDE = 450;

export function drawOverlay(pen, paint, state) {
  const { data, layout } = state;
  pen.clearRect(0, 0, view.width, view.height);
  if (!data) return;
  pen.save();
  pen.beginPath();
  pen.rect(view.labels, AXIS, view.width - view.labels, view.height - AXIS);
  pen.clip();
  if (state.moving) lanes(pen, paint, state);
  if (view.baseline) baseline(pen, paint, data, layout);
  const chosen = state.chosenAt();
  const shown = state.moving ? state.moving.i : chosen;
  if (shown >= 0) due(pen, paint, data, shown);
  if (view.chain && shown >= 0) links(pen, paint, data, layout, shown);
  if (state.hurt.size) hurt(pen, paint, state);
  glides(pen, paint, state);
  if (view.hover >= 0 && view.hover !== chosen && !state.moving) frame(pen, boxOf(data, layout, view.hover), paint.lineStrong, 1.5);
  if (chosen >= 0) frame(pen, boxOf(data, layout, chosen), paint.link, 2.5);
  if (state.marked) marked(pen, paint, state);
  if (state.moving) ghost(pen, paint, state);
  pen.restore();
  nowLine(pen, paint);
}

export function boxOf(data, layout, i, start = data.start[i]) {
  const row = layout.rows[layout.rowOf[i]];
  if (!row) return null;
  const end = row.end[i], x = xOf(start);
  return { x, y: AXIS + topOf(layout, i) - view.top, w: Math.max(2, xOf(end) - x), h: row.bar };
}

function frame(pen, box, colour, width) {
  if (!box) return;
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.strokeRect(box.x - 1, box.y - 1, box.w + 2, box.h + 2);
  pen.lineWidth = 1;
}

function nowLine(pen, paint) {
  const x = xOf(now());
  if (x < view.labels || x > view.width) return;
  pen.fillStyle = paint.danger;
  pen.fillRect(Math.round(x) - 1, AXIS - 8, 2, view.height - AXIS + 8);
  const text = clock(now());
  pen.font = paint.small;
  const w = pen.measureText(text).width + 8;
  pen.fillRect(x - w / 2, AXIS - 17, w, 15);
  pen.fillStyle = "#fff";
  pen.fillText(text, x - w / 2 + 4, AXIS - 5.5);
}

// When the job of the chosen bar is promised.
function due(pen, paint, data, i) {
  const line = data.lines[data.line[i]];
  if (line.promised === null || line.promised < view.start || line.promised > stop()) return;
  const x = Math.round(xOf(line.promised)), colour = line.late ? paint.badFg : paint.goodFg;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.setLineDash([6, 4]);
  pen.beginPath();
  pen.moveTo(x, AXIS);
  pen.lineTo(x, view.height);
  pen.stroke();
  pen.setLineDash([]);
  pen.lineWidth = 1;
  const words = `${line.late ? "▲ " : ""}promised ${day(line.promised)}`;
  pen.font = paint.small;
  const wide = pen.measureText(words).width + 10, left = x + wide > view.width ? x - wide : x;
  pen.fillStyle = colour;
  pen.fillRect(left, AXIS + 2, wide, 17);
  pen.fillStyle = paint.surface;
  pen.fillText(words, left + 5, AXIS + 14);
}

// While something is moved: machines that cannot do it step back, those that can are named.
function lanes(pen, paint, { data, layout, moving }) {
  const may = new Set(able(data, moving.i));
  for (const row of layout.rows) {
    if (row.head || row.machine === undefined) continue;
    const y = AXIS + row.y - view.top, here = view.mode === "machines" ? may.has(row.machine) : row.centre === data.machines[moving.machine].centre;
    if (here) {
      pen.strokeStyle = paint.goodFg;
      pen.lineWidth = row.machine === moving.machine ? 2.5 : 1;
      pen.strokeRect(view.labels + 1, y + 1, view.width - view.labels - 2, row.h - 3);
      pen.lineWidth = 1;
    } else {
      pen.globalAlpha = 0.62;
      pen.fillStyle = paint.surface;
      pen.fillRect(view.labels, y, view.width, row.h - 1);
      pen.globalAlpha = 1;
    }
  }
}

function baseline(pen, paint, data, layout) {
  pen.strokeStyle = paint.ink;
  pen.globalAlpha = 0.75;
  pen.setLineDash([2, 2]);
  for (const row of layout.rows) {
    const y = AXIS + row.y - view.top;
    if (row.head || y > view.height || y + row.h < AXIS) continue;
    for (const i of row.items) {
      if (!data.first[i] && !data.last[i]) continue;
      const start = data.start[i] + data.first[i], end = data.end[i] + data.last[i];
      if (end < view.start || start > stop()) continue;
      const x = xOf(start), w = Math.max(2, xOf(end) - x), top = AXIS + topOf(layout, i) - view.top + row.bar - 3;
      pen.strokeRect(x + 0.5, top + 0.5, w - 1, 3);
    }
  }
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function links(pen, paint, data, layout, i) {
  const { all, links: found } = chain(data, i);
  pen.strokeStyle = paint.link;
  pen.lineWidth = 1.5;
  pen.beginPath();
  for (const [from, to] of found) {
    const a = boxOf(data, layout, from), b = boxOf(data, layout, to);
    if (!a || !b) continue;
    const x1 = a.x + a.w, y1 = a.y + a.h / 2, x2 = b.x, y2 = b.y + b.h / 2, bend = Math.max(12, Math.min(60, Math.abs(x2 - x1) / 2));
    pen.moveTo(x1, y1);
    pen.bezierCurveTo(x1 + bend, y1, x2 - bend, y2, x2, y2);
    pen.moveTo(x2 - 5, y2 - 3.5);
    pen.lineTo(x2, y2);
    pen.lineTo(x2 - 5, y2 + 3.5);
  }
  pen.stroke();
  for (const at of all) frame(pen, boxOf(data, layout, at), paint.link, 1.5);
}

// Jobs that would become late wear a broken frame.
function hurt(pen, paint, { data, layout, hurt: lines }) {
  pen.setLineDash([3, 2]);
  for (const row of layout.rows) {
    const y = AXIS + row.y - view.top;
    if (row.head || y > view.height || y + row.h < AXIS) continue;
    for (let at = firstAt(data, row, view.start); at < row.items.length && data.start[row.items[at]] < stop(); at += 1) {
      if (lines.has(data.lineIds[data.line[row.items[at]]])) frame(pen, boxOf(data, layout, row.items[at]), paint.danger, 2);
    }
  }
  pen.setLineDash([]);
}

function body(pen, paint, data, i, box, alpha) {
  const [ground, edge, ink] = paint.states[data.status[i]];
  pen.globalAlpha = alpha;
  pen.fillStyle = edge;
  pen.fillRect(box.x, box.y, box.w, box.h);
  pen.fillStyle = ground;
  pen.fillRect(box.x + 1, box.y + 1, Math.max(1, box.w - 2), box.h - 2);
  pen.globalAlpha = 1;
  const text = fitted(labelOf(data, i), box.w - 8);
  if (!text) return;
  pen.font = paint.font;
  pen.fillStyle = ink;
  pen.fillText(text, box.x + 5, box.y + box.h / 2 + 4);
}

// Bars that moved glide to their new place.
function glides(pen, paint, state) {
  const { glide, data, layout } = state;
  if (!glide) return;
  const share = Math.min(1, (performance.now() - glide.began) / GLIDE), eased = 1 - (1 - share) ** 3;
  for (const { i, start, end, y } of glide.items) {
    const box = boxOf(data, layout, i);
    if (!box) continue;
    const x = xOf(start) + (box.x - xOf(start)) * eased, right = xOf(end) + (box.x + box.w - xOf(end)) * eased;
    body(pen, paint, data, i, { x, y: AXIS + y - view.top + (box.y - AXIS + view.top - y) * eased, w: Math.max(2, right - x), h: box.h }, 1);
  }
  if (share >= 1) state.glide = null;
}

export function gliding(state, moved) {
  const { data, layout } = state, there = index(data), items = [];
  for (const each of moved.slice(0, 400)) {
    const i = there.get(each.key), row = layout.rows[layout.byMachine.get(each.row) ?? -1];
    if (i !== undefined && layout.rowOf[i] >= 0) items.push({ i, start: each.start, end: each.end, y: row ? row.y + PAD : topOf(layout, i) });
  }
  state.glide = items.length ? { began: performance.now(), items, hidden: new Set(items.map((each) => each.i)) } : null;
}

function marked(pen, paint, { layout, marked: { row, start, end } }) {
  const here = layout.rows[row];
  if (!here) return;
  const x = xOf(Math.min(start, end)), w = Math.max(2, xOf(Math.max(start, end)) - x), y = AXIS + here.y - view.top;
  pen.fillStyle = paint.chosen;
  pen.globalAlpha = 0.75;
  pen.fillRect(x, y + 1, w, here.h - 3);
  pen.globalAlpha = 1;
  pen.strokeStyle = paint.link;
  pen.strokeRect(x + 0.5, y + 1.5, w - 1, here.h - 4);
}

function ghost(pen, paint, state) {
  const { data, layout, moving } = state, old = boxOf(data, layout, moving.i);
  if (old) {
    pen.fillStyle = paint.surface;
    pen.globalAlpha = 0.7;
    pen.fillRect(old.x, old.y, old.w, old.h);
    pen.globalAlpha = 1;
    pen.setLineDash([4, 3]);
    frame(pen, old, paint.lineStrong, 1);
    pen.setLineDash([]);
  }
  const row = layout.rows[layout.byMachine.get(moving.machine) ?? layout.rowOf[moving.i]];
  if (!row) return;
  const x = xOf(moving.start), box = { x, y: (view.mode === "machines" ? AXIS + row.y - view.top + PAD : old.y), w: Math.max(3, xOf(moving.end) - x), h: row.bar };
  pen.shadowColor = "rgb(0 0 0 / 35%)";
  pen.shadowBlur = 8;
  body(pen, paint, data, moving.i, box, 1);
  pen.shadowBlur = 0;
  pen.shadowColor = "transparent";
  frame(pen, box, moving.bad ? paint.danger : paint.link, 2.5);
  if (moving.snapped) {
    pen.fillStyle = paint.link;
    pen.fillRect(Math.round(xOf(moving.snapped)) - 0.5, AXIS, 1, view.height - AXIS);
  }
  const words = `${data.machines[moving.machine].code} · ${stamp(Math.round(moving.start))}`, wide = words.length * 6.7 + 12;
  const tipX = Math.min(Math.max(box.x, view.labels + 2), view.width - wide - 4), tipY = box.y > AXIS + 26 ? box.y - 24 : box.y + box.h + 4;
  pen.fillStyle = paint.ink;
  pen.fillRect(tipX, tipY, wide, 20);
  pen.fillStyle = paint.surface;
  pen.font = paint.font;
  pen.fillText(words, tipX + 6, tipY + 14);
}

