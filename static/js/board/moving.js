// Moving one bar, by mouse or keys: where it may stand, what it catches on, who becomes late, save or leave.
import { forget, preview } from "./api.js";
import { able, index, keyOf, refOf, stepOf } from "./data.js";
import { headline, hurtLines } from "./effect.js";
import { say } from "./dom.js";
import { edgeAfter, finish, now, stamp, worked } from "./time.js";
import { scale, stop, view } from "./view.js";

const CATCH = 9, WAIT = 120;

export function begin(state, i) {
  const { data } = state, machine = data.machine[i], hours = data.hours[data.machines[machine].hours];
  const work = worked(hours, data.start[i], data.end[i]) || data.end[i] - data.start[i];
  state.moving = {
    i, key: keyOf(data, i), machine, start: data.start[i], end: data.end[i], work, snapped: 0, bad: "", effect: null, refusal: null,
    waiting: false, from: { machine, start: data.start[i] }, last: "",
  };
  say(`Moving ${refOf(data, i)}, ${stepOf(data, i)}. Arrows shift it, Enter saves, Escape leaves it where it was.`);
  if (view.busyOnly) state.arrange();
  state.changed();
}

export const moveOf = (data, moving) => ({
  kind: "move", operation: data.id[moving.i], machine: data.machines[moving.machine].id, start: Math.round(moving.start),
  was_machine: data.machines[moving.from.machine].id, was_start: moving.from.start,
});

// Where the bar likes to stand on a machine: behind and before others, at the start of a shift, now.
export function catches(state, machine, first, last) {
  const { data, layout, moving } = state, found = new Set(), least = Math.ceil(now());
  const edges = data.hours[data.machines[machine].hours], length = moving.end - moving.start;
  for (let at = edgeAfter(edges, first); at < edges.length && edges[at] <= last; at += 2) found.add(edges[at]);
  const row = layout.rows[layout.byMachine.get(machine) ?? -1];
  for (const i of row?.items || neighbours(data, moving.i, machine)) {
    if (i === moving.i || data.end[i] < first || data.start[i] > last + length) continue;
    found.add(data.end[i]);
    found.add(data.start[i]);
    if (data.start[i] - length > least) found.add(data.start[i] - length);
  }
  found.add(least);
  if (machine === moving.from.machine) found.add(moving.from.start);
  return [...found].filter((at) => at >= least && at >= first && at <= last).sort((a, b) => a - b);
}

// Where rows are people: what stands on the same machine, and what the same person attends.
function neighbours(data, mine, machine) {
  const who = data.who[mine], found = [];
  for (let i = 0; i < data.n; i += 1) if (data.machine[i] === machine || (who >= 0 && data.who[i] === who)) found.push(i);
  return found;
}

export function place(state, machine, start, snap) {
  const { data, moving } = state;
  moving.bad = able(data, moving.i).includes(machine) ? "" : `${data.machines[machine].code} cannot do ${data.names[data.name[moving.i]]}.`;
  const least = Math.ceil(now());
  let at = Math.max(start, least);
  moving.snapped = 0;
  if (snap) {
    const near = CATCH / scale();
    let best = near;
    for (const each of catches(state, machine, at - near, at + near)) {
      if (Math.abs(each - at) < best) { best = Math.abs(each - at); moving.snapped = each; }
    }
    if (moving.snapped) at = moving.snapped;
  }
  moving.machine = machine;
  moving.start = Math.round(at);
  const speed = data.machines[moving.from.machine].speed / data.machines[machine].speed;
  moving.end = finish(data.hours[data.machines[machine].hours], moving.start, Math.max(1, Math.round(moving.work * speed)));
  look(state);
  state.changed();
}

// Ask who becomes late, once for each place.
function look(state) {
  const { data, moving } = state, mine = `${moving.machine} ${moving.start}`;
  if (mine === moving.last) return;
  moving.last = mine;
  moving.effect = moving.refusal = null;
  state.hurt = new Set();
  if (moving.bad || (moving.machine === moving.from.machine && moving.start === moving.from.start)) {
    forget();
    moving.waiting = false;
    return;
  }
  moving.waiting = true;
  preview([moveOf(data, moving)], WAIT, (effect, refusal, took) => {
    if (state.moving !== moving) return;
    Object.assign(moving, { effect, refusal, waiting: false });
    state.hurt = hurtLines(effect);
    performance.measure("board-preview", { start: performance.now() - took, duration: took });
    say(`${data.machines[moving.machine].code}, ${stamp(moving.start)}: ${refusal ? refusal.message : headline(effect)}.`);
    state.changed();
  });
}

// Keys: to the next place it likes, or a quarter of an hour.
export function shift(state, step, fine) {
  const { data, moving } = state;
  let to = moving.start + 15 * step;
  if (!fine) {
    const all = catches(state, moving.machine, data.from, data.to);
    to = (step > 0 ? all.find((each) => each > moving.start) : all.findLast((each) => each < moving.start)) ?? to;
  }
  place(state, moving.machine, to, false);
  follow(state, moving);
  say(`${data.machines[moving.machine].code}, ${stamp(moving.start)}`);
}

export function lift(state, step) {
  const { data, layout, moving } = state;
  const turn = (each) => layout.byMachine.get(each) ?? each;
  const may = able(data, moving.i).filter((each) => view.mode !== "machines" || layout.byMachine.has(each)).sort((a, b) => turn(a) - turn(b));
  const to = may[may.indexOf(moving.machine) + step];
  if (to === undefined) return say(step > 0 ? "No further machine can do it." : "No machine before it can do it.");
  place(state, to, moving.start, false);
  say(`${data.machines[to].code}, ${stamp(moving.start)}`);
  return view.mode === "machines" ? state.reveal(layout.byMachine.get(to)) : null;
}

function follow(state, moving) {
  if (moving.start < view.start + view.minutes * 0.02) view.start = moving.start - view.minutes * 0.2;
  else if (moving.start > stop() - view.minutes * 0.05) view.start = moving.start - view.minutes * 0.6;
  else return;
  state.panned();
}

export function leave(state) {
  if (!state.moving) return;
  forget();
  state.moving = null;
  state.hurt = new Set();
  if (view.busyOnly) state.arrange();
  state.changed();
}

// New data came while it is moved: it is found again, or left where it is.
export function regain(state) {
  const { moving, data } = state;
  if (!moving) return;
  const i = index(data).get(moving.key);
  if (i === undefined || moving.machine >= data.machines.length) { leave(state); say("What you moved is not open any more."); }
  else moving.i = i;
}
