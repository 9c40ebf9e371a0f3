// Rows of people: a crew with a lane for each of its people; what nobody attends stands above them.

export const NEEDS_NOBODY = -1;

// Who attends each bar and until when, as the sheet tells it.
export function decodePeople(sheet, found, sums) {
  const { from } = sheet, n = found.n, until = Float64Array.from(found.end);
  for (const [i, minutes] of Object.entries(sheet.until || {})) until[i] = found.start[i] + minutes;
  const shifts = (sheet.shifts || []).map((steps) => sums(steps, from));
  return {
    asked: !!sheet.people, until, who: sheet.who ? Int32Array.from(sheet.who) : new Int32Array(n).fill(NEEDS_NOBODY), reasons: sheet.nobody || {},
    crews: (sheet.crews || []).map(([code, name]) => ({ code, name })),
    people: (sheet.people || []).map(([crew, number, shift]) => ({ crew, number, edges: shifts[shift] })),
    absences: (sheet.absences || []).map(([person, starts, ends, note]) => ({ person, start: starts + from, end: ends + from, note })),
  };
}

export const asksFor = (data, i) => data.who[i] !== NEEDS_NOBODY;
export const nameOf = (data, who) => `${data.crews[data.people[who].crew].name}, person ${data.people[who].number}`;
export const reasonOf = (data, i) => (data.who[i] < NEEDS_NOBODY ? data.reasons[data.who[i]] : "");

// The people of each crew as lanes, and the bars of each crew with theirs.
export function teams(data) {
  const found = data.crews.map((crew, number) => ({ crew: number, title: crew.name, code: crew.code, members: [], items: [], lane: new Map() })), nobody = [];
  const lanes = data.people.map((person, who) => found[person.crew].members.push(who) - 1);
  for (let i = 0; i < data.n; i += 1) {
    if (!asksFor(data, i)) continue;
    const who = data.who[i];
    if (who < 0) { nobody.push(i); continue; }
    const team = found[data.people[who].crew];
    team.items.push(i);
    team.lane.set(i, lanes[who]);
  }
  return { teams: found, nobody };
}
