// Breakdown and overtime entered on the board: the same form, its effect shown while it is filled in.
import { forget, preview } from "./api.js";
import { at, h, icon } from "./dom.js";
import { effectParts, hurtLines } from "./effect.js";
import { field, minuteOf } from "./time.js";

const form = at("board-form"), effect = at("board-form-effect");

export function setUp(state, save) {
  form?.addEventListener("input", () => look(state, 250));
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    event.stopImmediatePropagation();
    const change = read(state);
    if (change) save([change], change.note);
  });
  at("board-form-cancel")?.addEventListener("click", () => close(state));
}

// Machine by its place in the sheet; moments in minutes.
export function open(state, kind, machine, starts, ends) {
  if (!form || !state.mayChange) return;
  const { data } = state, choice = form.elements.machine;
  choice.replaceChildren(...data.machines.map((each, place) => h("option", { value: each.id, selected: place === machine }, `${each.code} ${each.name}`)));
  form.elements.kind.value = kind;
  form.elements.starts.value = field(Math.round(starts));
  form.elements.ends.value = field(Math.round(ends));
  form.elements.note.value = "";
  at("board-form-panel").hidden = false;
  form.elements.kind.focus();
  look(state, 0);
}

export function close(state) {
  if (!form || at("board-form-panel").hidden) return false;
  at("board-form-panel").hidden = true;
  forget();
  state.marked = null;
  state.hurt = new Set();
  state.changed();
  state.focus();
  return true;
}

function read(state) {
  const { kind, machine, starts, ends, note, cause } = form.elements;
  const down = kind.value === "down";
  at("board-form-cause").hidden = !down;
  at("board-form-save").lastChild.textContent = down ? "Save downtime" : "Save overtime";
  if (!starts.value || !ends.value) return null;
  const change = { kind: kind.value, starts: minuteOf(starts.value), ends: minuteOf(ends.value), note: note.value };
  if (down) Object.assign(change, { machine: Number(machine.value), cause: cause.value });
  else change.machines = [Number(machine.value)];
  const row = state.layout?.byMachine.get(state.data.machines.findIndex((each) => each.id === Number(machine.value)));
  state.marked = row === undefined ? null : { row, start: change.starts, end: change.ends };
  return change;
}

function look(state, wait) {
  const change = read(state);
  state.changed();
  if (!change) return effect.replaceChildren(h("p", { class: "muted" }, "Give both times."));
  effect.replaceChildren(h("p", { class: "muted" }, "Looking who becomes late…"));
  return preview([change], wait, (found, refusal) => {
    if (at("board-form-panel").hidden) return;
    state.hurt = hurtLines(found);
    effect.replaceChildren(...(refusal ? [h("p", { class: "board-verdict is-bad" }, icon("alert-circle"), refusal.message)] : effectParts(found)));
    at("board-form-save").disabled = !!refusal;
    state.changed();
  });
}

export function refused(words) {
  effect.replaceChildren(h("p", { class: "board-verdict is-bad" }, icon("alert-circle"), words));
}
