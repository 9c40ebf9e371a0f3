// Mouse and fingers: pan by the axis, the wheel or a finger, pinch, drag bars, mark time on a lane.
import { barAt, rowAt } from "./rows.js";
import { able, keyOf, movable, refOf } from "./data.js";
import { say } from "./dom.js";
import * as moving from "./moving.js";
import { now } from "./time.js";
import { FAT, Fingers, TREMBLE } from "./touch.js";
import { AXIS, minuteAt, scale, view, zoom } from "./view.js";

const FAR = 4;

export function listen(glass, state, acts) {
  const fingers = new Fingers();
  let held = null;

  const spot = (event) => {
    const box = glass.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    return { x, y, minute: minuteAt(x), deep: y - AXIS + view.top };
  };
  const barUnder = (at, slack = 3) => (at.y < AXIS || at.x < view.labels || !state.data ? -1 : barAt(state.data, state.layout, at.minute, at.deep, slack / scale()));

  // The bar being moved is taken where it hangs, not where it stood.
  function onGhost(at) {
    const { moving: m, layout } = state, row = m ? layout.rows[layout.byMachine.get(m.machine) ?? layout.rowOf[m.i]] : null;
    return !!row && at.x > view.labels && at.deep >= row.y && at.deep < row.y + row.h && at.minute >= m.start - 3 / scale() && at.minute <= m.end + 3 / scale();
  }

  function take(event, at) {
    const finger = event.pointerType === "touch", ghost = onGhost(at), under = ghost ? state.moving.i : barUnder(at, finger ? FAT : 3);
    const i = state.moving && under !== state.moving.i ? -1 : under;
    const pan = (finger && !ghost) || event.button === 1 || at.y < AXIS || at.x < view.labels || (!!state.moving && i < 0);
    held = { id: event.pointerId, finger, at, i, pan, start: view.start, top: view.top, moved: false, grab: i >= 0 ? at.minute - state.data.start[i] : 0 };
    if (ghost) held.grab = at.minute - state.moving.start;
    else if (finger && !state.moving && at.y > AXIS && at.x > view.labels) fingers.rest(() => pickUp(event));
  }

  // A finger that rested holds what is below it, and drags it from now on.
  function pickUp(event) {
    held.pan = false;
    lift(event);
    if (held.pan) return;
    held.moved = true;
    navigator.vibrate?.(12);
    if (held.drag) say(`${refOf(state.data, held.i)} is picked up: drag it.`);
  }

  glass.addEventListener("pointerdown", (event) => {
    if (event.button > 1 || !state.data) return;
    const at = spot(event);
    fingers.down(event, at);
    glass.setPointerCapture(event.pointerId);
    if (fingers.two) {
      held = null;
      glass.classList.remove("is-dragging");
      return fingers.begin(view.top);
    }
    if (event.button === 1) event.preventDefault();
    return take(event, at);
  });

  // While two fingers zoom or one carries something the page below keeps still; a finger alone scrolls rows by itself.
  const still = (event) => { if (event.cancelable && (fingers.pinch || (held && !held.pan))) event.preventDefault(); };
  glass.addEventListener("touchmove", still, { passive: false });
  glass.addEventListener("contextmenu", (event) => { if (fingers.at.size) event.preventDefault(); });

  glass.addEventListener("pointermove", (event) => {
    const at = spot(event);
    if (fingers.at.has(event.pointerId)) fingers.at.set(event.pointerId, at);
    if (fingers.pinch) {
      if (fingers.two) { acts.scroll(fingers.zoomed()); acts.panned(); }
      return undefined;
    }
    if (!held) {
      if (event.pointerType === "touch") return undefined;
      const i = barUnder(at);
      if (i !== view.hover) { view.hover = i; state.over(); }
      glass.classList.toggle("is-grab", i >= 0 && state.mayChange && movable(state.data, i));
      glass.classList.toggle("is-axis", at.y < AXIS);
      return acts.tip(at.x, at.y);
    }
    if (event.pointerId !== held.id) return undefined;
    const far = Math.hypot(at.x - held.at.x, at.y - held.at.y);
    if (!held.moved && far < (held.finger ? TREMBLE : FAR)) return undefined;
    fingers.calm();
    if (!held.moved) lift(event);
    held.moved = true;
    if (held.pan) {
      view.start = held.start - (at.x - held.at.x) / scale();
      if (held.finger) acts.scroll(held.top + held.at.y - at.y);
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
    const machine = view.mode === "machines" && row && row.machine !== undefined && !row.head ? row.machine : state.moving.machine;
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
    else if (at.y > AXIS && at.x < view.labels && layout.rows[rowAt(layout, at.deep)]?.members) acts.crew(layout.rows[rowAt(layout, at.deep)].crew);
    else acts.choose(-1);
  }

  const stepped = (minute) => Math.round(minute / 15) * 15;

  // A finger that is left after a pinch goes on panning from where it is.
  function lifted(event) {
    const pinched = !!fingers.pinch;
    fingers.up(event);
    if (!pinched || fingers.pinch) return pinched;
    const [left] = fingers.at;
    held = left ? { id: left[0], finger: true, at: left[1], i: -1, pan: true, start: view.start, top: view.top, moved: true, grab: 0 } : null;
    return true;
  }

  glass.addEventListener("pointerup", (event) => {
    if (glass.hasPointerCapture(event.pointerId)) glass.releasePointerCapture(event.pointerId);
    if (lifted(event) || !held || event.pointerId !== held.id) return;
    const done = held;
    held = null;
    glass.classList.remove("is-dragging");
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
  glass.addEventListener("pointercancel", (event) => { if (!lifted(event)) held = null; glass.classList.remove("is-dragging"); });
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
