// The planner's board: data in, picture out, and what the planner does with it.
import { noteSeen, save as send, undo as takeBack } from "./api.js";
import { Source, able, index, isLate, keepRunning, keyOf, movable, moves, refOf, statusOf, stepOf } from "./data.js";
import { at, button, notice, say, unnotice } from "./dom.js";
import { nameOf, reasonOf } from "./crews.js";
import { drawBoard } from "./draw.js";
import * as forms from "./forms.js";
import * as keys from "./keys.js";
import { drawLoad, inView, reckon } from "./load.js";
import * as moving from "./moving.js";
import { boxOf, drawOverlay, gliding } from "./overlay.js";
import { readPaint } from "./paint.js";
import { showChosen, showLoads, showMoved, showTip, showWithout } from "./panel.js";
import * as pointer from "./pointer.js";
import { layOut, topOf } from "./rows.js";
import { between, day, midnight, now } from "./time.js";
import { AXIS, MODES, address, covered, readAddress, scale, stop, tellAddress, view, wanted, zoom } from "./view.js";

const POLL = 2000, root = at("board"), frame = at("board-view"), glass = at("board-glass");
const pens = { base: at("board-base").getContext("2d", { alpha: false }), over: glass.getContext("2d"), load: at("board-load").getContext("2d", { alpha: false }) };
const still = matchMedia("(prefers-reduced-motion: reduce)");
let paint = null, load = null, dirty = 0, asked = false;
const BASE = 1, OVER = 2, LOAD = 4, SIDE = 8;

const state = {
  data: null, layout: null, moving: null, glide: null, hurt: new Set(), marked: null, moved: new Map(), own: new Set(), mine: new Map(),
  edits: JSON.parse(sessionStorage.getItem("board-edits") || "[]"), mayChange: root.dataset.mayChange === "yes", saving: false, centre: -1, spot: -1, team: -1, panned: () => panned(),
  arrange: () => arrange(),
  chosenAt: () => (state.data && view.chosen ? index(state.data).get(view.chosen) ?? -1 : -1),
  changed: () => redraw(OVER | SIDE), over: () => redraw(OVER),
  reveal: (row) => reveal(row), focus: () => glass.focus({ preventScroll: true }),
};

// Drawing ------------------------------------------------------------------------------------------
function redraw(what) {
  dirty |= what;
  if (asked) return;
  asked = true;
  requestAnimationFrame(drawNow);
}

function drawNow() {
  asked = false;
  const what = dirty;
  dirty = 0;
  if (what & BASE) drawBoard(pens.base, paint, state.data, state.layout, state.glide?.hidden);
  if (what & (BASE | OVER)) { drawOverlay(pens.over, paint, state); tellBox(); }
  if (what & LOAD) drawLoad(pens.load, paint, state.data, load, state.centre, 120);
  root.classList.toggle("is-carrying", !!state.moving);
  if (what & SIDE) showChosen(state, acts);
  if (state.glide) redraw(OVER);
  else if (glided) { glided = false; redraw(BASE); }
}
let glided = false;

// Where the chosen bar, or the one being moved, stands on the canvas: for whoever cannot see it.
function tellBox() {
  const i = state.chosenAt(), box = i >= 0 ? boxOf(state.data, state.layout, i) : null;
  glass.dataset.chosen = box ? [box.x, box.y, box.w, box.h].map(Math.round).join(" ") : "";
}

function measure() {
  const ratio = Math.min(devicePixelRatio || 1, 3);
  view.width = frame.clientWidth;
  view.height = frame.clientHeight;
  view.labels = view.width < 560 ? 84 : view.width < 900 ? 140 : 196;
  for (const [pen, height] of [[pens.base, view.height], [pens.over, view.height], [pens.load, 120]]) {
    pen.canvas.width = Math.round(view.width * ratio);
    pen.canvas.height = Math.round(height * ratio);
    pen.canvas.style.width = `${view.width}px`;
    pen.canvas.style.height = `${height}px`;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  }
  paint = readPaint(pens.base);
  redraw(BASE | OVER | LOAD);
}

function arrange() {
  state.layout = layOut(state.data, view.mode, view.busyOnly, new Set(state.moving ? able(state.data, state.moving.i) : []));
  at("board-sheet").style.height = `${state.layout.height + AXIS + 8}px`;
  view.hover = -1;
  redraw(BASE | OVER | SIDE);
}

// Data ---------------------------------------------------------------------------------------------
const source = new Source(root.dataset.data, show, (words) => {
  at("board-trouble").textContent = words;
  at("board-trouble").hidden = !words;
});

function show(data) {
  const old = state.data;
  keepRunning(data, now());
  state.data = data;
  root.dataset.bars = data.n;
  const found = old ? moves(old, data) : [];
  arrange();
  if (old) note(old, found);
  showWithout(data.without);
  if (!old?.asked) tellOfPeople();
  moving.regain(state);
  frame.classList.remove("is-loading");
  if (!old) {
    requestAnimationFrame(() => { drawNow(); performance.mark("board-shown"); begun(); });
  }
  setTimeout(reckonLoad, old ? 60 : 0);
}

// Where no rows of people can be shown it says what is missing.
function tellOfPeople() {
  const { data } = state;
  if (view.mode !== "people" || !data.asked) return;
  if (!data.crews.length) acts.tell("No crews are entered yet. Enter them under Resources, People and skills.");
  else if (!state.layout.rows.some((row) => row.items.length)) acts.tell("No operation in this window asks for people: steps of routings name the skills they ask for.");
}

function begun() {
  const i = state.chosenAt();
  if (i >= 0) reveal(state.layout.rowOf[i]);
  else {
    const { start, end } = state.data, last = view.start + view.minutes, seen = start.filter((at, bar) => at < last && end[bar] > view.start);
    say(`Board of ${day(view.start)} and ${Math.round(view.minutes / 1440)} days: ${seen.length} operations.`);
  }
}

// What moved by itself is kept for the planner until it was seen, and glides to its place.
function note(old, found) {
  for (const each of found) {
    if (state.own.has(each.key)) continue;
    if (!state.moved.has(each.key)) state.moved.set(each.key, { machine: each.was, start: each.start, code: old.machines[each.row].code });
  }
  for (const [key, was] of state.moved) {
    const i = index(state.data).get(key);
    if (i === undefined ? state.data.from <= was.start && was.start < state.data.to : state.data.start[i] === was.start && state.data.machines[state.data.machine[i]].id === was.machine) state.moved.delete(key);
  }
  if (found.length && !still.matches && view.mode === "machines") { gliding(state, found); glided = true; redraw(BASE); }
  if (found.some((each) => !state.own.has(each.key))) say(`${state.moved.size} operations moved since you last looked.`);
  state.own.clear();
  showMoved(state, acts);
}

function reckonLoad() {
  load = reckon(state.data, view.mode === "people");
  loads();
}

let loadsTimer = 0;
function loads() {
  if (!load) return;
  const sums = inView(load);
  if (!sums.some((sum) => sum.number === state.centre) && !state.picked) state.centre = sums.length ? sums[0].number : -1;
  showLoads(state, sums, (number) => { state.centre = number; state.picked = true; loads(); });
  redraw(LOAD);
}

function panned() {
  redraw(BASE | OVER | LOAD);
  tellAddress();
  clearTimeout(loadsTimer);
  loadsTimer = setTimeout(settled, 160);
}

function settled() {
  at("board-window").textContent = `${day(view.start)} to ${day(stop() - 1)}`;
  for (const link of document.querySelectorAll("[data-board-table]")) link.href = `${address().replace(/T\d\d%3A\d\d/, "")}&as=table`;
  if (!covered(state.data)) ask();
  if (load) loads();
}

function ask() {
  const { from, days } = wanted();
  source.ask(from, days, view.mode === "people");
}

function reveal(number) {
  const row = state.layout.rows[number], inside = view.height - AXIS;
  if (!row) return;
  if (row.y < view.top + 24) frame.scrollTop = Math.max(0, row.y - 48);
  else if (row.y + row.h > view.top + inside) frame.scrollTop = row.y + row.h - inside + 24;
}

// Acts ---------------------------------------------------------------------------------------------
function describe(i) {
  const { data } = state, line = data.lines[data.line[i]];
  return [`${refOf(data, i)}, ${line.customer}`, stepOf(data, i), data.machines[data.machine[i]].code, between(data.start[i], data.end[i]), statusOf(data, i),
    data.who[i] >= 0 ? nameOf(data, data.who[i]) : reasonOf(data, i), data.pinned[i] ? "pinned" : "", isLate(data, i) ? `late: promised ${day(line.promised)}, forecast ${day(line.forecast)}` : ""].filter(Boolean).join(", ");
}

async function act(changes, words, own = []) {
  if (state.saving) return false;
  state.saving = true;
  redraw(SIDE);
  own.forEach((key) => state.own.add(key));
  try {
    const told = await send(changes);
    state.edits.push(told.edit);
    state.mine.set(told.edit, own);
    keep();
    notice(`${(told.words || []).join("; ") || words}`, "good", button("Undo", "arrow-back-up", acts.undo));
    say(`Saved: ${(told.words || []).join("; ") || words}`);
    unchosen();
    await source.again();
    return true;
  } catch (refusal) {
    own.forEach((key) => state.own.delete(key));
    if (refusal.status === 409) { moving.leave(state); await source.again(); }
    else if (state.moving) { state.moving.refusal = refusal; state.moving.effect = null; }
    notice(refusal.message, "bad");
    say(refusal.message);
    return false;
  } finally {
    state.saving = false;
    redraw(SIDE | OVER);
  }
}

const unchosen = () => { moving.leave(state); forms.close(state); };
const keep = () => sessionStorage.setItem("board-edits", JSON.stringify(state.edits.slice(-50)));

function done(edit) {
  state.edits = state.edits.filter((each) => each !== edit);
  keep();
}

const acts = {
  panned,
  tip: (x, y) => showTip(state, x, y),
  tell: (words) => { notice(words, "warn"); say(words); },
  speak: say,
  scroll: (top) => { frame.scrollTop = top; },
  edge: (y) => { if (y > view.height - 20) frame.scrollTop += 12; else if (y < AXIS + 14) frame.scrollTop -= 12; },
  choose(i, follow) {
    if (state.moving && i !== state.moving.i) return;
    view.chosen = i >= 0 ? keyOf(state.data, i) : 0;
    state.spot = state.team = -1;
    if (i >= 0) {
      say(describe(i));
      if (follow) {
        const { data } = state;
        if (data.start[i] < view.start || data.start[i] > stop() - view.minutes * 0.05) view.start = data.start[i] - view.minutes * 0.3;
        reveal(state.layout.rowOf[i]);
        panned();
      }
      if (!state.picked) { state.centre = groupOf(i); if (load) loads(); }
    }
    tellAddress();
    redraw(OVER | SIDE);
  },
  show(i) { acts.choose(i, true); acts.panned(); },
  open(i) { if (i >= 0) location.href = `/orders/${state.data.lines[state.data.line[i]].ref}/`; },
  move(i) {
    if (!state.mayChange) return say("Only planners may move operations.");
    if (i < 0) return say("Choose an operation first.");
    if (!movable(state.data, i)) return acts.tell(`${refOf(state.data, i)} is under way or held: it cannot be moved.`);
    if (state.layout.rowOf[i] < 0) acts.rows("machines");
    moving.begin(state, i);
    return state.focus();
  },
  save() {
    const { moving: m, data } = state;
    if (!m || (m.machine === m.from.machine && m.start === m.from.start)) return say("It stands where it stood: shift it first.");
    if (m.bad) return say(m.bad);
    return act([moving.moveOf(data, m)], `${refOf(data, m.i)} is moved.`, [m.key]);
  },
  leave() { moving.leave(state); say("Left where it was."); },
  pin(i) {
    if (i < 0 || !state.mayChange) return say("Choose an operation first.");
    if (!movable(state.data, i)) return say("What is under way or held cannot be pinned.");
    return act([{ kind: state.data.pinned[i] ? "unpin" : "pin", operation: state.data.id[i] }], `${refOf(state.data, i)} is ${state.data.pinned[i] ? "free again" : "pinned"}.`);
  },
  putBack(i, was) {
    const { data } = state;
    act([{ kind: "move", operation: data.id[i], machine: was.machine, start: was.start, was_machine: data.machines[data.machine[i]].id, was_start: data.start[i] }], `${refOf(data, i)} is back and pinned.`, [keyOf(data, i)]);
  },
  async undo() {
    const edit = state.edits.at(-1), own = state.mine.get(edit) || [];
    if (edit === undefined) return say("You changed nothing here that could be undone.");
    try {
      const told = await takeBack(edit);
      done(edit);
      own.forEach((key) => state.own.add(key));
      notice(`Undone: ${(told.words || []).join("; ")}`, "good");
      say("Undone.");
    } catch (refusal) {
      // What only cannot be undone yet stays: somebody's later change comes first, or the network is away.
      if (refusal.field === "edit" || refusal.status === 404) done(edit);
      notice(refusal.message, "bad");
      say(refusal.message);
    }
    return source.again();
  },
  chain() { view.chain = !view.chain; at("board-chain").setAttribute("aria-pressed", view.chain); tellAddress(); redraw(OVER | SIDE); say(view.chain ? "The job's operations are linked." : "Links are off."); },
  baseline() { view.baseline = !view.baseline; at("board-baseline").setAttribute("aria-pressed", view.baseline); tellAddress(); redraw(OVER); say(view.baseline ? "The first plan is shown below the bars." : "The first plan is hidden."); },
  today() { view.start = midnight(now()); if (view.minutes < 1440) view.start = now() - view.minutes * 0.2; panned(); },
  turn() { acts.rows(MODES[(MODES.indexOf(view.mode) + 1) % MODES.length]); },
  table() { document.querySelector("[data-board-table]").click(); },
  rows(mode) {
    if (state.moving) moving.leave(state);
    const anew = (mode === "people") !== (view.mode === "people");
    view.mode = mode;
    frame.scrollTop = view.top = 0;
    showModes();
    if (anew) {
      Object.assign(state, { centre: -1, picked: false, team: -1 });
      if (mode !== "people") ask();
    }
    arrange();
    if (anew && state.data.asked) reckonLoad();
    settled();
    tellAddress();
    say(`Rows are ${{ machines: "machines", centres: "work centres", people: "people by crew" }[mode]}.`);
  },
  ask(machine, starts, ends) { forms.open(state, closed(machine, starts, ends) ? "overtime" : "down", machine, starts, ends); },
  change: (change, words) => act([change], words),
  machine(place) {
    state.spot = place;
    state.team = -1;
    view.chosen = 0;
    say(`${state.data.machines[place].code} ${state.data.machines[place].name}`);
    tellAddress();
    redraw(OVER | SIDE);
  },
  crew(number) {
    Object.assign(state, { spot: -1, team: number, centre: number, picked: true });
    view.chosen = 0;
    say(`${state.data.crews[number].name}`);
    tellAddress();
    if (load) loads();
    redraw(OVER | SIDE);
  },
  form(kind, spot = -1) {
    const i = state.chosenAt(), machine = spot >= 0 ? spot : i >= 0 ? state.data.machine[i] : state.layout.rows.find((row) => row.machine !== undefined)?.machine ?? 0;
    const starts = Math.max(Math.ceil(now()), i >= 0 ? state.data.start[i] : 0);
    forms.open(state, kind, machine, starts, starts + 240);
  },
  escape() {
    if (state.moving) return acts.leave();
    if (forms.close(state)) return null;
    unnotice();
    view.chosen = 0;
    state.spot = state.team = -1;
    state.marked = null;
    return redraw(OVER | SIDE);
  },
};

function groupOf(i) {
  const { data } = state;
  return view.mode !== "people" ? data.machines[data.machine[i]].centre : data.who[i] >= 0 ? data.people[data.who[i]].crew : -1;
}

function closed(machine, starts, ends) {
  const edges = state.data.hours[state.data.machines[machine].hours];
  for (let place = 0; place < edges.length; place += 2) if (edges[place] < ends && edges[place + 1] > starts) return false;
  return true;
}

function showModes() {
  for (const each of document.querySelectorAll("[data-rows-by]")) each.setAttribute("aria-pressed", each.dataset.rowsBy === view.mode);
}

const on = (id, deed) => at(id)?.addEventListener("click", deed);

function wire() {
  pointer.listen(glass, state, acts);
  keys.listen(state, acts);
  forms.setUp(state, (changes, words) => act(changes, words));
  frame.addEventListener("scroll", () => { view.top = frame.scrollTop; redraw(BASE | OVER); });
  for (const each of document.querySelectorAll("[data-rows-by]")) each.addEventListener("click", () => acts.rows(each.dataset.rowsBy));
  on("board-earlier", () => { view.start -= view.minutes * 0.5; panned(); });
  on("board-later", () => { view.start += view.minutes * 0.5; panned(); });
  on("board-closer", () => { zoom(0.6); panned(); });
  on("board-wider", () => { zoom(1 / 0.6); panned(); });
  on("board-today", acts.today);
  on("board-chain", acts.chain);
  on("board-baseline", acts.baseline);
  on("board-busy", () => { view.busyOnly = !view.busyOnly; at("board-busy").setAttribute("aria-pressed", view.busyOnly); arrange(); tellAddress(); });
  on("board-down", () => acts.form("down"));
  on("board-overtime", () => acts.form("overtime"));
  on("board-seen", () => { noteSeen(state.data.edition); state.moved.clear(); showMoved(state, acts); state.focus(); });
  new ResizeObserver(measure).observe(frame);
  for (const event of ["mto:theme", "visibilitychange"]) document.addEventListener(event, () => setTimeout(measure, 30));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => setTimeout(measure, 30));
}

readAddress();
for (const [id, on] of [["board-chain", view.chain], ["board-baseline", view.baseline], ["board-busy", view.busyOnly]]) at(id).setAttribute("aria-pressed", on);
showModes();
measure();
wire();
settled();
setInterval(() => { if (!document.hidden && state.data && !state.saving) source.poll(); }, POLL);
setInterval(() => { if (state.data) { keepRunning(state.data, now()); redraw(OVER); } }, 20000);
document.addEventListener("visibilitychange", () => { if (!document.hidden) source.again(); });
