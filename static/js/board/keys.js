// The board by keyboard alone. Keys count wherever on the page nothing else wants them.
import { firstAt } from "./rows.js";
import * as moving from "./moving.js";
import { view, stop, zoom } from "./view.js";

const FIELDS = "input, textarea, select, [contenteditable]";
const BUTTONS = "a[href], button, summary, [role=button]";

export function listen(state, acts) {
  const still = {
    "+": () => { zoom(0.7); acts.panned(); }, "=": () => { zoom(0.7); acts.panned(); },
    "-": () => { zoom(1 / 0.7); acts.panned(); },
    t: acts.today, b: acts.baseline, j: acts.chain, u: acts.undo, v: acts.turn, l: acts.table,
    p: () => acts.pin(state.chosenAt()), m: () => acts.move(state.chosenAt()),
    d: () => acts.form("down"), o: () => acts.form("overtime"),
    PageDown: () => { view.start += view.minutes * 0.8; acts.panned(); },
    PageUp: () => { view.start -= view.minutes * 0.8; acts.panned(); },
    ArrowLeft: () => sideways(-1), ArrowRight: () => sideways(1), ArrowUp: () => upright(-1), ArrowDown: () => upright(1),
    Enter: () => acts.open(state.chosenAt()), Escape: acts.escape,
  };
  const carried = {
    ArrowLeft: (event) => moving.shift(state, -1, event.shiftKey), ArrowRight: (event) => moving.shift(state, 1, event.shiftKey),
    ArrowUp: () => moving.lift(state, -1), ArrowDown: () => moving.lift(state, 1),
    Enter: acts.save, Escape: acts.leave, "+": still["+"], "=": still["+"], "-": still["-"], t: acts.today,
  };

  addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.altKey || !state.data) return;
    if (document.querySelector("dialog:modal")) return;
    const target = event.target.closest ? event.target : document.body;
    if (target.closest(FIELDS)) { if (event.key === "Escape") acts.escape(); return; }
    if (target.closest(BUTTONS) && ["Enter", " "].includes(event.key)) return;
    const act = (state.moving ? carried : still)[event.key];
    if (!act) return;
    event.preventDefault();
    act(event);
  }, true);

  // The bar before or behind the chosen one in its row; none chosen yet: one near the middle.
  function sideways(step) {
    const { data, layout } = state, i = state.chosenAt();
    if (i < 0 || layout.rowOf[i] < 0) return begin();
    const { items } = layout.rows[layout.rowOf[i]], next = items[items.indexOf(i) + step];
    if (next === undefined) return acts.speak(step > 0 ? "No later operation is loaded in this row." : "No earlier operation is loaded in this row.");
    return acts.choose(next, true, data);
  }

  function upright(step) {
    const { data, layout } = state, i = state.chosenAt();
    if (i < 0 || layout.rowOf[i] < 0) return begin();
    const middle = (Math.max(data.start[i], view.start) + Math.min(data.end[i], stop())) / 2;
    for (let number = layout.rowOf[i] + step; layout.rows[number]; number += step) {
      const near = nearest(layout.rows[number], middle);
      if (near >= 0) return acts.choose(near, true);
    }
    return acts.speak(step > 0 ? "This is the last row with operations." : "This is the first row with operations.");
  }

  function begin() {
    const { layout, data } = state;
    const rows = layout.rows.filter((row) => row.items.length && row.y + row.h > view.top);
    for (const row of [...rows, ...layout.rows]) {
      const near = nearest(row, view.start + view.minutes * 0.2);
      if (near >= 0 && data.end[near] > view.start && data.start[near] < stop()) return acts.choose(near, true);
    }
    return acts.speak("No operation stands in this window.");
  }

  function nearest(row, middle) {
    const { data } = state;
    let best = -1, least = Infinity;
    for (let at = Math.max(0, firstAt(data, row, middle) - 1); at < row.items.length; at += 1) {
      const i = row.items[at], away = Math.max(0, data.start[i] - middle, middle - data.end[i]);
      if (away < least) { least = away; best = i; }
      else if (data.start[i] > middle + least) break;
    }
    return best;
  }
}
