// Mouse and touch: pan by the axis, the wheel or a finger, drag bars, mark time on a lane.
import { barAt, rowAt } from "./rows.js";
import { able, keyOf, movable, refOf } from "./data.js";
import { say } from "./dom.js";
import * as moving from "./moving.js";
import { now } from "./time.js";
import { AXIS, minuteAt, scale, view, zoom } from "./view.js";

const FAR = 4;

export function listen(glass, state, acts) {
  let held = null;

  const spot = (event) => {
    const box = glass.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    return { x, y, minute: minuteAt(x), deep: y - AXIS + view.top };
  };
  const barUnder = (at) => (at.y < AXIS || at.x < view.labels || !state.data ? -1 : barAt(state.data, state.layout, at.minute, at.deep, 3 / scale()));

  // The bar being moved is taken where it hangs, not where it stood.
  function onGhost(at) {
    const { moving: m, layout } = state, row = m ? layout.rows[layout.byMachine.get(m.machine) ?? -1] : null;
    return !!row && at.x > view.labels && at.deep >= row.y && at.deep < row.y + row.h && at.minute >= m.start - 3 / scale() && at.minute <= m.end + 3 / scale();
  }

  glass.addEventListener("pointerdown", (event) => {
    if (event.button > 1 || !state.data) return;
    const at = spot(event), ghost = onGhost(at), under = ghost ? state.moving.i : barUnder(at), touch = event.pointerType === "touch" && !ghost;
    const i = state.moving && under !== state.moving.i ? -1 : under;
    glass.setPointerCapture(event.pointerId);
    const pan = touch || event.button === 1 || at.y < AXIS || at.x < view.labels || (!!state.moving && i < 0);
    held = { at, i, pan, start: view.start, top: view.top, moved: false, grab: i >= 0 ? at.minute - state.data.start[i] : 0 };
    if (ghost) held.grab = at.minute - state.moving.start;
    if (event.button === 1) event.preventDefault();
  });

  glass.addEventListener("pointermove", (event) => {
    const at = spot(event);
    if (!held) {
      const i = barUnder(at);
      if (i !== view.hover) { view.hover = i; state.over(); }
      glass.classList.toggle("is-grab", i >= 0 && state.mayChange && movable(state.data, i) && view.mode === "machines");
      glass.classList.toggle("is-axis", at.y < AXIS);
      return acts.tip(at.x, at.y);
    }
    const far = Math.hypot(at.x - held.at.x, at.y - held.at.y);
    if (!held.moved && far < FAR) return undefined;
    if (!held.moved) lift(event);
    held.moved = true;
    if (held.pan) {
      view.start = held.start - (at.x - held.at.x) / scale();
      return acts.panned();
    }
    if (held.drag) return drag(at, event.altKey);
    if (held.mark >= 0) {
      state.marked = { row: held.mark, start: stepped(held.at.minute), end: stepped(at.minute) };
      state.over();
    }
    return undefined;
  });

  // What a drag that begins here means.
  function lift(event) {
    const { i } = held;
    if (held.pan) return;
    if (i >= 0 && !state.mayChange) { held.pan = true; return; }
    if (i >= 0 && view.mode !== "machines") { say("Bars are moved where rows are machines: press v."); held.pan = true; return; }
    if (i >= 0 && !movable(state.data, i)) { acts.tell(`${refOf(state.data, i)} is under way or held: it cannot be moved.`); held.pan = true; return; }
    if (i >= 0) {
      acts.choose(i);
      if (!state.moving || state.moving.key !== keyOf(state.data, i)) moving.begin(state, i);
      held.drag = true;
      glass.classList.add("is-dragging");
      view.hover = -1;
      acts.tip(0, 0);
      return;
    }
    const row = rowAt(state.layout, held.at.deep);
    held.mark = state.mayChange && view.mode === "machines" && state.layout.rows[row]?.machine !== undefined && !event.shiftKey ? row : -1;
    if (held.mark < 0) held.pan = true;
  }

  function drag(at, free) {
    const row = state.layout.rows[rowAt(state.layout, at.deep)];
    const machine = row && row.machine !== undefined && !row.head ? row.machine : state.moving.machine;
    moving.place(state, machine, at.minute - held.grab, !free);
    if (at.x > view.width - 24 && at.x > held.at.x + 8) { view.start += 12 / scale(); acts.panned(); }
    if (at.x < view.labels + 16 && at.x < held.at.x - 8) { view.start -= 12 / scale(); acts.panned(); }
    acts.edge(at.y);
  }

  // A click beside all bars: on the name of a machine, or where it stands or works longer, it is about that machine.
  function nothing(at) {
    const { data, layout } = state, machine = at.y > AXIS && view.mode === "machines" ? layout.rows[rowAt(layout, at.deep)]?.machine : undefined;
    const there = (each) => each.machine === machine && each.start <= at.minute && each.end >= at.minute;
    if (machine !== undefined && (at.x < view.labels || data.downtimes.some(there) || data.overtime.some(there))) acts.machine(machine);
    else acts.choose(-1);
  }

  const stepped = (minute) => Math.round(minute / 15) * 15;

  glass.addEventListener("pointerup", (event) => {
    if (!held) return;
    const done = held;
    held = null;
    glass.classList.remove("is-dragging");
    if (glass.hasPointerCapture(event.pointerId)) glass.releasePointerCapture(event.pointerId);
    if (!done.moved) {
      if (done.i >= 0) acts.choose(done.i);
      else if (!state.moving) nothing(done.at);
      return;
    }
    if (done.mark >= 0 && state.marked) {
      const { row, start, end } = state.marked;
      if (Math.abs(end - start) >= 15) acts.ask(state.layout.rows[row].machine, Math.max(Math.min(start, end), Math.ceil(now())), Math.max(start, end));
      else { state.marked = null; state.over(); }
    }
    if (done.drag && state.moving?.bad) say(`${state.moving.bad} It can be done on ${able(state.data, state.moving.i).map((each) => state.data.machines[each].code).join(", ")}.`);
  });
  glass.addEventListener("pointercancel", () => { held = null; glass.classList.remove("is-dragging"); });
  glass.addEventListener("pointerleave", () => { if (view.hover >= 0) { view.hover = -1; state.over(); } acts.tip(0, 0); });
  glass.addEventListener("dblclick", (event) => { const i = barUnder(spot(event)); if (i >= 0) acts.open(i); });

  glass.addEventListener("wheel", (event) => {
    const step = event.deltaMode === 1 ? 16 : 1;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      zoom(Math.exp(Math.max(-120, Math.min(120, event.deltaY * step)) * 0.004), spot(event).x);
      return acts.panned();
    }
    const sideways = event.shiftKey && !event.deltaX ? event.deltaY : event.deltaX;
    if (Math.abs(sideways) <= Math.abs(event.shiftKey ? 0 : event.deltaY)) return undefined;
    event.preventDefault();
    view.start += (sideways * step) / scale();
    return acts.panned();
  }, { passive: false });
}
