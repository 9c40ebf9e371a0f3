// The sheet of the server: columns of differences become typed arrays; asked for again every two seconds.
import { decodePeople } from "./crews.js";
import { heard } from "./time.js";

export const PENDING = 0, BLOCKED = 1, READY = 2, RUNNING = 3, PAUSED = 4, HELD = 5;
export const MARKS = ["", "◌", "", "▶", "‖", "◇"];
const LEAST = 15;

const sums = (steps, begin = 0) => {
  const found = new Float64Array(steps.length);
  let last = begin;
  for (let i = 0; i < steps.length; i += 1) found[i] = last += steps[i];
  return found;
};

export function decode(sheet) {
  const { bars } = sheet, n = bars.id.length, from = sheet.from;
  const start = new Float64Array(n), end = new Float64Array(n);
  for (let i = 0, last = from; i < n; i += 1) {
    start[i] = last + bars.start[i];
    end[i] = last = start[i] + bars.length[i];
  }
  const pinned = new Uint8Array(n);
  bars.pinned.forEach((i) => { pinned[i] = 1; });
  const line = Int32Array.from(sums(bars.line));
  const lines = sheet.lines.ref.map((ref, at) => {
    const promised = sheet.lines.promised[at], forecast = sheet.lines.forecast[at];
    return {
      ref, position: sheet.lines.position[at],
      customer: sheet.lines.customers[sheet.lines.customer[at]], product: sheet.lines.products[sheet.lines.product[at]],
      promised: promised === null ? null : promised + from, forecast: forecast === null ? null : forecast + from,
      late: promised !== null && forecast !== null && forecast > promised,
    };
  });
  const lineIds = sums(sheet.lines.id);
  const found = {
    n, from, to: sheet.to, cut: sheet.cut, edition: sheet.edition, statuses: sheet.statuses,
    centres: sheet.centres.map(([code, name]) => ({ code, name })),
    machines: sheet.machines.map(([id, code, name, centre, hours, speed, single, shown]) => ({ id, code, name, centre, hours, speed, single: !!single, shown: !!shown })),
    without: { count: sheet.without.count, rows: sheet.without.rows.map(([id, sequence, name, reason, position, ref, customer, verb, address]) => ({ id, sequence, name, reason, position, ref, customer, verb, address })) },
    hours: sheet.hours.map((steps) => sums(steps, from)),
    downtimes: sheet.downtimes.map(([id, machine, starts, ends, cause, note]) => ({ id, machine, start: starts + from, end: ends + from, cause, note })),
    overtime: sheet.overtime.map(([id, machine, starts, ends, note]) => ({ id, machine, start: starts + from, end: ends + from, note })),
    lines, lineIds,
    id: sums(bars.id), line, loop: bars.loop, sequence: Int32Array.from(sums(bars.sequence)),
    names: bars.names, name: bars.name, pools: bars.pools, pool: bars.pool,
    status: Uint8Array.from(bars.status), machine: Int32Array.from(bars.machine), start, end, pinned,
    first: bars.first, last: bars.last, after: bars.after,
  };
  return Object.assign(found, decodePeople(sheet, found, sums));
}

// A running operation ends fifteen minutes from now at the earliest.
export function keepRunning(data, now) {
  for (let i = 0; i < data.n; i += 1) {
    if (data.status[i] !== RUNNING || data.end[i] >= now + LEAST) continue;
    if (data.until[i] === data.end[i]) data.until[i] = Math.ceil(now) + LEAST;
    data.end[i] = Math.ceil(now) + LEAST;
  }
}

// Held time and operations have numbers of their own each.
export const keyOf = (data, i) => (data.status[i] === HELD ? -data.id[i] : data.id[i]);

export function index(data) {
  if (!data.index) {
    data.index = new Map();
    for (let i = 0; i < data.n; i += 1) data.index.set(keyOf(data, i), i);
  }
  return data.index;
}

export const isLate = (data, i) => data.lines[data.line[i]].late;
export const movable = (data, i) => data.status[i] <= READY;
export const refOf = (data, i) => `${data.lines[data.line[i]].ref} line ${data.lines[data.line[i]].position}`;
export const stepOf = (data, i) => `Op ${data.sequence[i]} ${data.names[data.name[i]]}`;
export const statusOf = (data, i) => (data.status[i] === PENDING ? "Planned" : data.statuses[data.status[i]]);
export const able = (data, i) => data.pools[data.pool[i]];

// The operations of the same job in their order, and whom each follows (numbers of bars).
export function chain(data, i) {
  if (data.status[i] === HELD) return { all: [i], links: [] };
  const all = [];
  for (let at = 0; at < data.n; at += 1) if (data.line[at] === data.line[i] && data.status[at] !== HELD) all.push(at);
  all.sort((a, b) => data.loop[a] - data.loop[b] || data.sequence[a] - data.sequence[b]);
  const links = [];
  all.forEach((here, at) => {
    const named = data.after[here];
    const before = named
      ? all.filter((other) => data.loop[other] === data.loop[here] && named.includes(data.sequence[other]))
      : all.slice(Math.max(0, at - 1), at);
    before.forEach((other) => links.push([other, here]));
  });
  return { all, links };
}

// What stands elsewhere than it did: [key, machine, start, end as they were].
export function moves(old, data) {
  const found = [], there = index(data);
  for (let i = 0; i < old.n; i += 1) {
    const key = keyOf(old, i), at = there.get(key);
    if (at === undefined || data.status[at] === RUNNING || old.status[i] === RUNNING || data.status[at] === HELD) continue;
    const machine = data.machines[data.machine[at]].id, was = old.machines[old.machine[i]].id;
    if (data.start[at] !== old.start[i] || machine !== was) found.push({ key, was, start: old.start[i], end: old.end[i], row: old.machine[i] });
  }
  return found;
}

export class Source {
  constructor(address, show, trouble) {
    Object.assign(this, { address, show, trouble, asked: null, tag: "", number: 0, abort: null, busy: false });
  }

  // Ask for a window (in days); the newest question counts.
  async ask(from, days, people) {
    this.asked = { from, days, people };
    this.tag = "";
    await this.again();
  }

  // The same window once more, unless a question is under way.
  async poll() {
    if (!this.busy) await this.again();
  }

  async again() {
    if (!this.asked) return;
    this.busy = true;
    const mine = (this.number += 1), { from, days, people } = this.asked;
    this.abort?.abort();
    this.abort = new AbortController();
    try {
      const headers = this.tag ? { "If-None-Match": this.tag } : {};
      const answer = await fetch(`${this.address}?from=${from}&days=${days}${people ? "&rows=people" : ""}`, { headers, cache: "no-store", signal: this.abort.signal });
      if (mine !== this.number) return;
      heard(answer.headers.get("Date"));
      if (answer.status === 304) return this.trouble("");
      if (answer.redirected || !answer.ok) return this.trouble(answer.redirected ? "You are signed out: reload the page." : "The server did not answer as it should.");
      const sheet = await answer.json();
      if (mine !== this.number) return;
      this.tag = answer.headers.get("ETag") || "";
      this.trouble("");
      this.show(decode(sheet));
    } catch (error) {
      if (error.name !== "AbortError") this.trouble("No connection: the board shows what it knew last.");
      if (!(error instanceof TypeError) && error.name !== "AbortError") throw error;
    } finally {
      if (mine === this.number) this.busy = false;
    }
  }
}
