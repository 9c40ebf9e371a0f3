// Load per work centre or crew: capacity, what is planned, time held for quotations; the bottleneck is named.
import { HELD } from "./data.js";
import { midnight, nextMidnight, worked } from "./time.js";
import { stop, view, xOf } from "./view.js";

const DEEP = 96, TOP = 14;

// Minutes by work centre, or where rows are people by crew, and local day of the sheet.
export function reckon(data, people) {
  const days = [];
  for (let at = midnight(data.from + 60); at < data.to; at = nextMidnight(at)) days.push(at);
  days.push(data.to);
  const groups = people ? data.crews : data.centres, blank = () => groups.map(() => new Float64Array(days.length - 1));
  const found = { groups, days, capacity: blank(), planned: blank(), held: blank(), endless: groups.map(() => !people) };
  const there = people
    ? data.people.map(({ crew, edges }) => ({ group: crew, edges }))
    : data.machines.map((machine) => ({ group: machine.centre, edges: data.hours[machine.hours], counts: machine.single && machine.shown }));
  for (const { group, edges, counts } of there) {
    if (counts === false) continue;
    found.endless[group] = false;
    for (let day = 0; day + 1 < days.length; day += 1) found.capacity[group][day] += worked(edges, days[day], days[day + 1]);
  }
  const whose = people ? data.who : data.machine, until = people ? data.until : data.end;
  for (let i = 0; i < data.n; i += 1) {
    const mine = whose[i] < 0 || (people && data.status[i] === HELD) ? null : there[whose[i]];
    if (!mine) continue;
    const into = (data.status[i] === HELD ? found.held : found.planned)[mine.group], last = until[i];
    for (let day = dayOf(days, data.start[i]); day + 1 < days.length && days[day] < last; day += 1) {
      into[day] += worked(mine.edges, Math.max(days[day], data.start[i]), Math.min(days[day + 1], last));
    }
  }
  return found;
}

function dayOf(days, minute) {
  let low = 0, high = days.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (days[middle] <= minute) low = middle; else high = middle - 1;
  }
  return low;
}

// Share of the capacity in view that is taken, by group; the most loaded first.
export function inView(load) {
  const first = dayOf(load.days, view.start), last = stop();
  const sums = load.groups.map((centre, number) => {
    const sum = { number, name: centre.name, code: centre.code, capacity: 0, planned: 0, held: 0, endless: load.endless[number] };
    for (let day = first; day + 1 < load.days.length && load.days[day] < last; day += 1) {
      for (const name of ["capacity", "planned", "held"]) sum[name] += load[name][number][day];
    }
    sum.percent = sum.capacity ? Math.round((100 * (sum.planned + sum.held)) / sum.capacity) : 0;
    return sum;
  }).filter((sum) => sum.planned || sum.held);
  return sums.sort((a, b) => (a.endless ? 1 : 0) - (b.endless ? 1 : 0) || b.percent - a.percent);
}

export function drawLoad(pen, paint, data, load, centre, height) {
  pen.fillStyle = paint.surface;
  pen.fillRect(0, 0, view.width, height);
  if (!data || !load || centre < 0 || !load.capacity[centre]) return;
  const columns = gathered(load, centre), most = Math.max(60, ...columns.map((each) => Math.max(each.capacity, each.planned + each.held)));
  const deep = Math.min(DEEP, height - TOP - 6), tall = (minutes) => (minutes / most) * deep, floor = height - 4;
  pen.save();
  pen.beginPath();
  pen.rect(view.labels, 0, view.width - view.labels, height);
  pen.clip();
  for (const each of columns) {
    const x = xOf(each.from) + 1, w = Math.max(1, xOf(each.to) - x - 1), over = each.planned + each.held > each.capacity + 1 && !load.endless[centre];
    pen.fillStyle = paint.sunk;
    pen.fillRect(x, floor - tall(each.capacity), w, tall(each.capacity));
    pen.fillStyle = over ? paint.danger : paint.infoFg;
    pen.globalAlpha = over ? 0.85 : 0.55;
    pen.fillRect(x, floor - tall(each.planned), w, tall(each.planned));
    pen.globalAlpha = 1;
    if (each.held) {
      pen.fillStyle = paint.heldBand;
      pen.fillRect(x, floor - tall(each.planned + each.held), w, tall(each.held));
      pen.strokeStyle = paint.infoFg;
      pen.strokeRect(x + 0.5, floor - tall(each.planned + each.held) + 0.5, w - 1, Math.max(1, tall(each.held) - 1));
    }
    if (!load.endless[centre]) {
      pen.fillStyle = paint.ink;
      pen.fillRect(x - 1, floor - tall(each.capacity) - 1, w + 2, 2);
    }
    if (w < 34 || !(each.planned + each.held)) continue;
    pen.font = paint.small;
    pen.fillStyle = over ? paint.badFg : paint.muted;
    const percent = each.capacity ? `${over ? "▲ " : ""}${Math.round((100 * (each.planned + each.held)) / each.capacity)} %` : over ? "▲" : "";
    pen.fillText(percent, x + 2, floor - Math.max(tall(each.capacity), tall(each.planned + each.held)) - 4);
  }
  pen.restore();
}

// Days, or as many together as make a column wide enough.
function gathered(load, centre) {
  const wide = xOf(load.days[1]) - xOf(load.days[0]), many = wide >= 18 ? 1 : wide * 7 >= 18 ? 7 : 28, found = [];
  for (let day = 0; day + 1 < load.days.length; day += 1) {
    const fresh = !found.length || found[found.length - 1].count >= many;
    if (fresh) found.push({ from: load.days[day], to: 0, count: 0, capacity: 0, planned: 0, held: 0 });
    const last = found[found.length - 1];
    last.to = load.days[day + 1];
    last.count += 1;
    for (const name of ["capacity", "planned", "held"]) last[name] += load[name][centre][day];
  }
  return found.filter((each) => each.to > view.start && each.from < stop());
}

