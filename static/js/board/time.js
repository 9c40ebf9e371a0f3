// Minutes since 1970 as local time of the shop, and working time as sorted edges [start, end, start, end, …].
const root = document.getElementById("board");
const zone = root.dataset.zone;
const parts = new Intl.DateTimeFormat("en-GB", {
  timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric",
});
const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
export const DAY = 1440;
const offsets = new Map();
let skew = 0;

// What must be added to a minute for local time; it changes on the hour only.
function offset(minute) {
  const hour = Math.floor(minute / 60);
  let found = offsets.get(hour);
  if (found === undefined) {
    const at = Object.fromEntries(parts.formatToParts(hour * 3600000).map((part) => [part.type, Number(part.value)]));
    found = Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute) / 60000 - hour * 60;
    offsets.set(hour, found);
  }
  return found;
}

const local = (minute) => new Date((minute + offset(minute)) * 60000);
const two = (number) => String(number).padStart(2, "0");

// The clock of the server, told by its answers.
export function heard(date) {
  const told = Date.parse(date);
  if (told) skew = Math.abs(told - Date.now()) > 2000 ? told - Date.now() : 0;
}

export const now = () => (Date.now() + skew) / 60000;

export function midnight(minute) {
  const guess = Math.floor((minute + offset(minute)) / DAY) * DAY;
  return guess - offset(guess - offset(minute));
}

export const nextMidnight = (minute) => midnight(midnight(minute) + DAY + 180);
export const weekday = (minute) => local(minute).getUTCDay();
export const clock = (minute) => { const at = local(minute); return `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`; };
export const hourOf = (minute) => local(minute).getUTCHours();

export function day(minute) {
  const at = local(minute);
  const year = at.getUTCFullYear() === local(now()).getUTCFullYear() ? "" : ` ${at.getUTCFullYear()}`;
  return `${DAYS[at.getUTCDay()]} ${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}${year}`;
}

export const stamp = (minute) => `${day(minute)} ${clock(minute)}`;
export const between = (start, end) => `${stamp(start)} to ${midnight(start) === midnight(end) ? clock(end) : stamp(end)}`;

// As a field of a form has it, and back.
export const field = (minute) => local(minute).toISOString().slice(0, 16);

export function minuteOf(text) {
  const wanted = Date.parse(`${text}Z`) / 60000;
  return wanted - offset(wanted - offset(wanted));
}

export const isoDay = (minute) => local(minute).toISOString().slice(0, 10);

export function span(minutes) {
  const whole = Math.round(Math.abs(minutes));
  const days = Math.floor(whole / DAY), hours = Math.floor((whole % DAY) / 60), rest = whole % 60;
  if (days) return `${days} d${hours ? ` ${hours} h` : ""}`;
  return hours ? `${hours} h${rest ? ` ${rest} min` : ""}` : `${rest} min`;
}

// Working time -----------------------------------------------------------------------------------
// The pair of edges behind `minute`, or the number of edges.
export function edgeAfter(edges, minute) {
  let low = 0, high = edges.length / 2;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[2 * middle + 1] > minute) high = middle; else low = middle + 1;
  }
  return 2 * low;
}

export function worked(edges, start, end) {
  let sum = 0;
  for (let at = edgeAfter(edges, start); at < edges.length && edges[at] < end; at += 2) {
    sum += Math.min(edges[at + 1], end) - Math.max(edges[at], start);
  }
  return sum;
}

// When so much work is done that begins at `start`; where the hours are not known any more, day and night.
export function finish(edges, start, work) {
  let left = work, at = edgeAfter(edges, start), last = start;
  for (; at < edges.length; at += 2) {
    const begin = Math.max(edges[at], start), there = edges[at + 1] - begin;
    if (there >= left) return begin + left;
    left -= there;
    last = edges[at + 1];
  }
  return last + left;
}

// Lines of the time axis: [minute, label, strong] for a width of a minute in pixels.
export function ticks(start, end, scale) {
  const found = [], hours = [1, 2, 3, 4, 6, 12].find((step) => step * 60 * scale >= 44);
  const every = hours ? 1 : [1, 2, 7, 14, 28].find((step) => step * DAY * scale >= 52) || 28;
  for (let at = midnight(start), safety = 0; at < end && safety < 800; at = nextMidnight(at), safety += 1) {
    const monday = weekday(at) === 1, number = Math.floor((at + DAY / 2) / DAY) + 3;
    const named = every === 1 || (every === 2 ? number % 2 === 0 : number % every === 0);
    if (named || monday) found.push([at, named ? 2 : 0, monday]);
    if (!hours || hours === 24) continue;
    for (let hour = hours; hour < 24; hour += hours) {
      const moment = at + hour * 60;
      if (moment > start - 120 && moment < end) found.push([moment, 1, false]);
    }
  }
  return found;
}
