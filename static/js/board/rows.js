// Rows of the board: machines by work centre, work centres or crews with their operations in lanes.
import { teams } from "./crews.js";

export const HEAD = 24, ROW = 28, LANE = 18, PAD = 3;
const MOST_LANES = 16;
const natural = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

// Operations in as few lanes as possible, by their start; what finds no lane stands in the last one.
function pack(data, items, least, end) {
  const free = [], lane = new Uint8Array(items.length);
  items.forEach((i, at) => {
    let found = free.findIndex((until) => until <= data.start[i]);
    if (found < 0) found = free.length < MOST_LANES ? free.length : MOST_LANES - 1;
    lane[at] = found;
    free[found] = Math.max(free[found] || 0, end[i]);
  });
  return { lane, lanes: Math.max(least, free.length, 1) };
}

// `packed` is whether operations stand in lanes, or the lane of each.
function row(data, facts, items, packed) {
  const end = facts.end || data.end;
  items.sort((a, b) => data.start[a] - data.start[b]);
  let longest = 0;
  for (const i of items) longest = Math.max(longest, end[i] - data.start[i]);
  const { lane, lanes } = packed instanceof Map
    ? { lane: Uint16Array.from(items, (i) => packed.get(i)), lanes: Math.max(1, facts.members.length) }
    : packed ? pack(data, items, facts.least || 1, end) : { lane: null, lanes: 1 };
  const many = lanes > 1;
  return { ...facts, end, items, lane, lanes, longest, h: many ? lanes * LANE + 2 * PAD : ROW, bar: many ? LANE - 2 : ROW - 2 * PAD };
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
    rows.push({ head: true, title: centre.name, sub: centre.code, centre: number, h: HEAD, items: [], end: data.end });
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

// Each person has a lane of their own; until somebody told who attends what there is nothing to show.
function crewRows(data) {
  const { teams: found, nobody } = teams(data), rows = [];
  if (nobody.length) rows.push(row(data, { title: "Nobody", sub: String(nobody.length), hours: -1, lacking: true, end: data.until }, nobody, true));
  for (const team of found) {
    const { members } = team, many = `${members.length} ${members.length === 1 ? "person" : "people"}`;
    rows.push(row(data, { title: team.title, sub: `${team.code}, ${many}`, crew: team.crew, members, end: data.until }, team.items, team.lane));
  }
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
  const rowOf = new Int32Array(data.n).fill(-1), laneOf = new Uint16Array(data.n);
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
    if (data.start[i] <= minute + slack && row.end[i] >= minute - slack && y >= top && y <= top + row.bar) return i;
  }
  return -1;
}
