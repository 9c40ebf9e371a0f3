// Beside the board: the chosen operation, what is being moved, what moved by itself, load per work centre.
import { at, button, h, icon } from "./dom.js";
import { HELD, able, index, isLate, movable, refOf, statusOf, stepOf } from "./data.js";
import { asksFor, nameOf, reasonOf } from "./crews.js";
import { effectParts } from "./effect.js";
import { between, day, span, stamp } from "./time.js";
import { view } from "./view.js";

const SIGNS = ["calendar-event", "clock-off", "circle-check", "player-play", "player-pause", "hourglass"];
const fact = (term, ...words) => [h("dt", {}, term), h("dd", {}, ...words)];

export function showChosen(state, acts) {
  const box = at("board-chosen"), { data } = state, i = state.chosenAt();
  if (state.moving) return showMoving(state, box, acts);
  if (data && i < 0 && state.spot >= 0 && data.machines[state.spot]) return showMachine(state, box, acts);
  if (data && i < 0 && data.crews[state.team]) return showCrew(state, box);
  if (!data || i < 0) {
    box.replaceChildren(h("p", { class: "muted" }, view.chosen ? "The chosen operation is not in this window." : "Choose a bar, or go to one with the arrow keys."));
    return null;
  }
  const line = data.lines[data.line[i]], machine = data.machines[data.machine[i]], held = data.status[i] === HELD;
  const late = isLate(data, i) && line.promised !== null;
  const base = data.first[i] ? stamp(Math.round(data.start[i] + data.first[i])) : "";
  box.replaceChildren(
    h("h3", { class: "board-name" }, h("a", { href: `/orders/${line.ref}/` }, refOf(data, i))),
    h("p", { class: "muted" }, `${line.customer} · ${line.product}`),
    h("p", { class: "board-state" }, icon(SIGNS[data.status[i]]), h("span", {}, `${stepOf(data, i)}: ${statusOf(data, i)}`), data.pinned[i] ? h("span", { class: "board-pinned" }, icon("map-pin"), "pinned") : null),
    h("dl", { class: "facts" },
      ...fact("Machine", `${machine.code} `, h("span", { class: "muted" }, machine.name)),
      ...attended(data, i),
      ...fact("Time", between(data.start[i], data.end[i])),
      ...(base ? fact("Baseline", base) : []),
      ...(line.promised !== null ? fact("Promised", day(line.promised)) : []),
      ...(line.forecast !== null ? fact("Forecast", day(line.forecast), late ? h("span", { class: "late" }, ` ▲ ${span(line.forecast - line.promised)} late`) : "") : []),
      ...(held ? [] : fact("Able", able(data, i).map((each) => data.machines[each].code).slice(0, 12).join(", ") || "no machine")),
    ),
    h("div", { class: "acts" },
      state.mayChange && movable(data, i) ? button("Move", "arrows-sort", () => acts.move(i)) : null,
      state.mayChange && movable(data, i) ? button(data.pinned[i] ? "Unpin" : "Pin", "map-pin", () => acts.pin(i)) : null,
      held ? null : button(view.chain ? "Hide job" : "Follow job", "route", acts.chain),
      h("a", { class: "btn btn-sm", href: `/orders/${line.ref}/` }, icon("external-link"), "Open order"),
    ),
  );
  return null;
}

// A machine with the times at which it stands or works longer, each of which can be taken back.
function showMachine(state, box, acts) {
  const { data, spot } = state, machine = data.machines[spot], here = (each) => each.machine === spot;
  const ends = (change, words, verb) => h("li", {}, words, state.mayChange ? button(verb, "x", () => acts.change(change, words)) : null);
  const stretches = [
    ...data.downtimes.filter(here).map((each) => ends({ kind: "end_down", downtime: each.id }, `✕ ${each.cause}, ${between(each.start, each.end)}${each.note ? `: ${each.note}` : ""}`, "End downtime")),
    ...data.overtime.filter(here).map((each) => ends({ kind: "end_overtime", overtimes: [each.id] }, `+ Overtime, ${between(each.start, each.end)}${each.note ? `: ${each.note}` : ""}`, "Call off overtime")),
  ];
  box.replaceChildren(
    h("h3", { class: "board-name" }, `${machine.code} ${machine.name}`),
    h("p", { class: "muted" }, `${data.centres[machine.centre].name}${machine.speed === 100 ? "" : `, ${machine.speed} % speed`}`),
    stretches.length ? h("ul", { class: "board-jobs" }, ...stretches) : h("p", { class: "muted" }, "It stands nowhere in this window."),
    state.mayChange ? h("div", { class: "acts" }, button("Report downtime", "tools", () => acts.form("down", spot)), button("Add overtime", "clock", () => acts.form("overtime", spot))) : "",
  );
  return null;
}

// Who attends it, or why nobody does; nothing where that was not asked for.
function attended(data, i) {
  if (!data.asked || !asksFor(data, i)) return [];
  return data.who[i] >= 0
    ? fact("Attended by", nameOf(data, data.who[i]), data.until[i] < data.end[i] ? h("span", { class: "muted" }, ` until ${stamp(data.until[i])}`) : "")
    : fact("Attended by", h("span", { class: "late" }, "▲ nobody: "), reasonOf(data, i));
}

// A crew: how many are there, who is away.
function showCrew({ data, team, mayChange }, box) {
  const crew = data.crews[team], people = data.people.filter((each) => each.crew === team).length;
  const away = data.absences.filter((each) => data.people[each.person].crew === team)
    .map((each) => h("li", {}, `✕ Person ${data.people[each.person].number} is away, ${between(each.start, each.end)}${each.note ? `: ${each.note}` : ""}`));
  box.replaceChildren(
    h("h3", { class: "board-name" }, crew.name),
    h("p", { class: "muted" }, `${crew.code}, ${people} ${people === 1 ? "person" : "people"}`),
    away.length ? h("ul", { class: "board-jobs" }, ...away) : h("p", { class: "muted" }, "Nobody is away in this window."),
    mayChange ? h("p", {}, h("a", { class: "btn btn-sm", href: at("board").dataset.people }, icon("users"), "Report absence, skills")) : "",
  );
  return null;
}

// Operations without a place, each with its reason and where that is mended.
let told = "";
export function showWithout({ count, rows }) {
  const box = at("board-without"), now = JSON.stringify([count, rows]);
  if (now === told) return;
  told = now;
  box.hidden = !count;
  at("board-without-count").textContent = `${count} ${count === 1 ? "operation" : "operations"} without a place`;
  const shown = rows.map((row) => h("li", {},
    h("a", { href: `/orders/${row.ref}/` }, `${row.ref} line ${row.position}`), ` ${row.customer} · Op ${row.sequence} ${row.name}`,
    h("span", { class: "board-from-to" }, row.reason || "It waits for the next plan."),
    row.verb ? h("a", { class: "btn btn-sm", href: row.address }, row.verb) : null));
  if (count > rows.length) shown.push(h("li", { class: "muted" }, `and ${count - rows.length} more`));
  at("board-without-list").replaceChildren(...shown);
}

function showMoving(state, box, acts) {
  const { data, moving } = state, same = moving.machine === moving.from.machine && moving.start === moving.from.start;
  const words = moving.bad
    ? [h("p", { class: "board-verdict is-bad" }, icon("ban"), `${moving.bad} Choose ${able(data, moving.i).map((each) => data.machines[each].code).slice(0, 6).join(", ")}.`)]
    : moving.refusal ? [h("p", { class: "board-verdict is-bad" }, icon("alert-circle"), moving.refusal.message)]
      : moving.effect ? effectParts(moving.effect)
        : [h("p", { class: "muted" }, same ? "It stands where it stood." : "Looking who becomes late…")];
  box.replaceChildren(
    h("h3", { class: "board-name" }, `Move ${refOf(data, moving.i)}`),
    h("p", {}, stepOf(data, moving.i)),
    h("dl", { class: "facts" },
      ...fact("From", `${data.machines[moving.from.machine].code}, ${stamp(moving.from.start)}`),
      ...fact("To", `${data.machines[moving.machine].code}, ${stamp(moving.start)}`)),
    h("div", { class: "board-effect" }, ...words),
    h("div", { class: "acts" },
      h("button", { type: "button", class: "btn btn-primary", onclick: acts.save, disabled: same || !!moving.bad || state.saving }, icon("check"), "Save move"),
      button("Leave it", "x", acts.leave, "btn")),
  );
  return null;
}

// What moved since the planner last looked -----------------------------------------------------------
export function showMoved(state, acts) {
  const { data, moved } = state, box = at("board-moved"), badge = at("board-moved-count");
  const there = data ? index(data) : new Map();
  const rows = [...moved].map(([key, was]) => ({ i: there.get(key), was })).filter((row) => row.i !== undefined);
  box.hidden = !rows.length;
  badge.textContent = rows.length === 1 ? "1 operation moved since you last looked" : `${rows.length} operations moved since you last looked`;
  if (!rows.length) return;
  const shown = rows.slice(0, 30).map(({ i, was }) => h("li", {},
    h("button", { type: "button", class: "board-link", onclick: () => acts.show(i) }, refOf(data, i)), ` ${stepOf(data, i)}`,
    h("span", { class: "board-from-to" }, `${was.code} ${stamp(was.start)} → ${data.machines[data.machine[i]].code} ${stamp(data.start[i])}`),
    state.mayChange && movable(data, i) ? button("Put back and pin", "arrow-back-up", () => acts.putBack(i, was)) : null));
  if (rows.length > 30) shown.push(h("li", { class: "muted" }, `and ${rows.length - 30} more`));
  at("board-moved-list").replaceChildren(...shown);
}

// Load ------------------------------------------------------------------------------------------------
export function showLoads(state, sums, choose) {
  const worst = sums.find((sum) => !sum.endless && sum.percent > 0);
  const rows = sums.slice(0, 40).map((sum) => {
    const mark = sum === worst ? h("span", { class: "board-bottleneck" }, icon("hourglass"), "Bottleneck") : null;
    return h("li", {}, h("button", { type: "button", class: "board-centre", "aria-pressed": String(sum.number === state.centre), onclick: () => choose(sum.number) },
      h("span", { class: "board-centre-name" }, sum.name), mark,
      sum.endless ? h("span", { class: "muted" }, "takes several") : h("span", { class: sum.percent > 100 ? "late" : "muted" }, `${sum.percent > 100 ? "▲ " : ""}${sum.percent} %`),
      h("progress", { class: `bar${sum.percent > 100 ? " over" : ""}`, max: 100, value: sum.endless ? 0 : Math.min(100, sum.percent), "aria-label": `${sum.name} taken` })));
  });
  at("board-centres").replaceChildren(...rows);
  const here = sums.find((sum) => sum.number === state.centre);
  const hours = (minutes) => `${Math.round(minutes / 60).toLocaleString("en-GB").replace(",", " ")} h`;
  at("board-load-words").textContent = here
    ? `${here.name}: ${hours(here.planned)} planned${here.held ? `, ${hours(here.held)} held for quotations` : ""} of ${here.endless ? "no limit" : hours(here.capacity)}${here === worst ? ", the bottleneck of this window" : ""}`
    : "Nothing is planned in this window.";
}

export function showTip(state, x, y) {
  const tip = at("board-tip"), { data } = state, i = view.hover;
  tip.hidden = i < 0 || !!state.moving;
  if (tip.hidden) return;
  const line = data.lines[data.line[i]];
  tip.replaceChildren(
    h("strong", {}, refOf(data, i)), h("span", {}, `${stepOf(data, i)} · ${statusOf(data, i)}${data.pinned[i] ? " · pinned" : ""}`),
    h("span", {}, between(data.start[i], data.end[i])),
    line.promised !== null ? h("span", { class: line.late ? "late" : "" }, line.late ? `▲ ${span(line.forecast - line.promised)} late, promised ${day(line.promised)}` : `Promised ${day(line.promised)}`) : "");
  const wide = tip.offsetWidth, high = tip.offsetHeight;
  tip.style.left = `${Math.min(Math.max(4, x + 14), view.width - wide - 8)}px`;
  tip.style.top = `${y + 18 + high > view.height ? y - high - 10 : y + 18}px`;
}
