// Rows of the board: machines by work centre, work centres or crews with their operations in lanes.
import { HELD } from "./data.js";

export const HEAD = 24, ROW = 28, LANE = 18, PAD = 3;
const MOST_LANES = 16;
const natural = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

// Operations in as few lanes as possible, by their start; what finds no lane stands in the last one.
function pack(data, items, least) {
  const free = [], lane = new Uint8Array(items.length);
  items.forEach((i, at) => {
    let found = free.findIndex((until) => until <= data.start[i]);
    if (found < 0) found = free.length < MOST_LANES ? free.length : MOST_LANES - 1;
    lane[at] = found;
    free[found] = Math.max(free[found] || 0, data.end[i]);
  });
  return { lane, lanes: Math.max(least, free.length, 1) };
}

function row(data, facts, items, packed) {
  items.sort((a, b) => data.start[a] - data.start[b]);
  let longest = 0;
  for (const i of items) longest = Math.max(longest, data.end[i] - data.start[i]);
  const { lane, lanes } = packed ? pack(data, items, facts.least || 1) : { lane: null, lanes: 1 };
  const many = lanes > 1;
  return { ...facts, items, lane, lanes, longest, h: many ? lanes * LANE + 2 * PAD : ROW, bar: many ? LANE - 2 : ROW - 2 * PAD };
}

function byMachine(data) {
  const on = data.machines.map(() => []);
  for (let i = 0; i < data.n; i += 1) if (data.machine[i] >= 0) on[data.machine[i]].push(i);
  return on;
}

function machineRows(data) {
  const on = byMachine(data), rows = [];
  data.centres.forEach((centre, number) => {
    const here = data.machines.map((machine, at) => at)
      .filter((at) => data.machines[at].centre === number && (data.machines[at].shown || on[at].length))
      .sort((a, b) => natural(data.machines[a].code, data.machines[b].code));
    if (!here.length) return;
    rows.push({ head: true, title: centre.name, sub: centre.code, centre: number, h: HEAD, items: [] });
    for (const at of here) {
      const machine = data.machines[at];
      rows.push(row(data, { title: machine.code, sub: machine.name, machine: at, centre: number, hours: machine.hours, crowd: !machine.single }, on[at], !machine.single));
    }
  });
  return rows;
}

function centreRows(data) {
  const on = byMachine(data);
  return data.centres.flatMap((centre, number) => {
    const here = data.machines.map((machine, at) => at).filter((at) => data.machines[at].centre === number && (data.machines[at].shown || on[at].length));
    if (!here.length) return [];
    return [row(data, { title: centre.name, sub: `${here.length} ${here.length === 1 ? "machine" : "machines"}`, centre: number, hours: data.machines[here[0]].hours, machine: here[0] }, here.flatMap((at) => on[at]), true)];
  });
}

// Nobody writes down who does what: each operation goes to the first able crew that has somebody free.
function crewRows(data) {
  const busy = data.crews.map(() => []), on = data.crews.map(() => []), rest = [];
  const wanted = [...Array(data.n).keys()].filter((i) => data.sets[data.set[i]].length && data.status[i] !== HELD)
    .sort((a, b) => data.start[a] - data.start[b]);
  const able = data.sets.map((set) => data.crews.map((crew, at) => at).filter((at) => set.every((skill) => data.crews[at].skills.has(skill))));
  for (const i of wanted) {
    const may = able[data.set[i]];
    if (!may.length) { rest.push(i); continue; }
    may.forEach((at) => { busy[at] = busy[at].filter((end) => end > data.start[i]); });
    const at = may.find((each) => busy[each].length < data.crews[each].size) ?? may[0];
    busy[at].push(data.end[i]);
    on[at].push(i);
  }
  const rows = data.crews.map((crew, at) => row(data, { title: crew.name, sub: `${crew.code}, ${crew.size} ${crew.size === 1 ? "person" : "people"}`, hours: crew.hours, crew: at }, on[at], true));
  if (rest.length) rows.push(row(data, { title: "Nobody can do it", sub: "no crew has the skills", hours: -1 }, rest, true));
  return rows;
}

// `kept` machines are shown even where only rows with work are.
export function layOut(data, mode, busyOnly, kept) {
  let rows = { machines: machineRows, centres: centreRows, people: crewRows }[mode](data);
  if (busyOnly) {
    const wanted = (row) => row.items.length || (kept.has(row.machine) && !row.head);
    const busy = new Set(rows.filter(wanted).map((each) => each.centre));
    rows = rows.filter((each) => wanted(each) || (each.head && busy.has(each.centre)));
  }
  const rowOf = new Int32Array(data.n).fill(-1), laneOf = new Uint8Array(data.n);
  let y = 0;
  rows.forEach((each, number) => {
    each.y = y;
    y += each.h;
    each.items.forEach((i, at) => { rowOf[i] = number; laneOf[i] = each.lane ? each.lane[at] : 0; });
  });
  const found = { rows, rowOf, laneOf, height: y, byMachine: new Map() };
  rows.forEach((each, number) => { if (each.machine !== undefined && !each.head && mode === "machines") found.byMachine.set(each.machine, number); });
  return found;
}

// Where a bar begins from the top of the rows.
export const topOf = (layout, i) => {
  const row = layout.rows[layout.rowOf[i]];
  return row ? row.y + PAD + layout.laneOf[i] * LANE : -1000;
};

export function rowAt(layout, y) {
  let low = 0, high = layout.rows.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (layout.rows[middle].y <= y) low = middle; else high = middle - 1;
  }
  const found = layout.rows[low];
  return found && y >= found.y && y < found.y + found.h ? low : -1;
}

// The place in the items of a row of the first that may reach beyond `minute`.
export function firstAt(data, row, minute) {
  let low = 0, high = row.items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (data.start[row.items[middle]] < minute - row.longest) low = middle + 1; else high = middle;
  }
  return low;
}

export function barAt(data, layout, minute, y, slack) {
  const number = rowAt(layout, y);
  if (number < 0) return -1;
  const row = layout.rows[number];
  for (let at = row.items.length - 1; at >= firstAt(data, row, minute - slack); at -= 1) {
    const i = row.items[at], top = topOf(layout, i);
    if (data.start[i] <= minute + slack && data.end[i] >= minute - slack && y >= top && y <= top + row.bar) return i;
  }
  return -1;
}
