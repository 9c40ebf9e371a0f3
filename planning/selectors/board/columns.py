"""The sheet as JSON in columns, as the page reads it."""

import json
from typing import Any

import numpy as np

from kernel.jit import IntArray, Table
from planning.engine.attendance import NOT_NEEDED
from planning.models import Downtime
from planning.selectors.board.attending import SENTENCES, Attendance
from planning.selectors.board.placeless import act_of
from planning.selectors.board.sheet import HELD, STATUS_WORDS, Sheet
from planning.selectors.board.words import Words, names_of


def spelled_out(sheet: Sheet) -> str:
    """The sheet as JSON in columns; docs/board.md names each. One statement."""
    rows, names = sheet.rows, names_of(sheet.rows)
    begin, end = sheet.window.minutes
    around = json.loads(sheet.around)
    _, at, line = np.unique(rows["line"], return_index=True, return_inverse=True)
    found = {
        "from": begin,
        "to": end,
        "cut": sheet.cut,
        "edition": around["edition"],
        "statuses": STATUS_WORDS,
        **_shop(sheet, around),
        **(_people(sheet, sheet.attendance, around) if sheet.attendance else {}),
        "without": {
            "count": around["placeless"],
            "rows": [[*row, *act_of(row[3])] for row in around["without"] or []],
        },
        "lines": _lines(rows[at], names, begin),
        "bars": _bars(sheet, names, line),
    }
    return json.dumps(found, separators=(",", ":"))


def _shop(sheet: Sheet, around: dict[str, Any]) -> dict[str, Any]:
    resources, begin = sheet.resources, sheet.window.minutes[0]
    calendars = list(sheet.hours)
    centres = list(resources.centres)
    pooled = {at for pool in resources.pools.values() for at in pool}
    return {
        "centres": list(resources.centres.values()),
        "machines": [
            [
                machine_id,
                resources.machine_codes[at],
                around["machines"].get(str(machine_id), ""),
                centres.index(machine.centre),
                calendars.index(machine.calendar),
                int(resources.speeds[at]),
                1 if machine.single and not machine.size else 0,
                1 if at in pooled else 0,
            ]
            for at, (machine_id, machine) in enumerate(
                zip(resources.machine_ids, resources.machines, strict=True)
            )
        ],
        "hours": [steps(edges - begin) for edges in sheet.hours.values()],
        "downtimes": [
            [number, resources.index[machine], start - begin, stop - begin, Downtime.Kind(kind).label, note]
            for number, machine, start, stop, kind, note in around["downtimes"] or []
            if machine in resources.index
        ],
        "overtime": [
            [number, resources.index[machine], start - begin, stop - begin, note]
            for number, machine, start, stop, note in around["overtime"] or []
            if machine in resources.index
        ],
    }


def _people(sheet: Sheet, attendance: Attendance, around: dict[str, Any]) -> dict[str, Any]:
    """Crews, their people with their hours, who is away and why; who attends which bar until when."""
    begin, notes = sheet.window.minutes[0], around["absences"] or {}
    crews = around["crews"] or []
    place = {crew_id: at for at, (crew_id, *_) in enumerate(crews)}
    calendars = list(dict.fromkeys(person.calendar for person in attendance.people))
    who, until = attendance.of(sheet.rows["id"])
    held = sheet.rows["status"] == HELD
    shorter = np.flatnonzero((who != NOT_NEEDED) & (until < sheet.rows["end"]) & ~held)
    return {
        "crews": [[code, name] for _, code, name in crews],
        "shifts": [steps(sheet.hours_of(each) - begin) for each in calendars],
        "people": [
            [place.get(each.crew, 0), each.number, calendars.index(each.calendar)]
            for each in attendance.people
        ],
        "absences": [
            [at, away.starts - begin, away.ends - begin, notes[str(away.absence)]]
            for at, each in enumerate(attendance.people)
            for away in each.away
            if str(away.absence) in notes
        ],
        "who": np.where(held, NOT_NEEDED, who).tolist(),
        "until": {at: int(until[at] - sheet.rows["start"][at]) for at in shorter.tolist()},
        "nobody": {int(reason): sentence for reason, sentence in SENTENCES.items()},
    }


def _lines(rows: Table, names: Words, begin: int) -> dict[str, Any]:
    words = [names.lines.get(line, ("", 0, "", "")) for line in rows["line"].tolist()]
    customers, products = sorted({row[2] for row in words}), sorted({row[3] for row in words})
    number = {each: at for at, each in enumerate(customers)}
    kind = {each: at for at, each in enumerate(products)}
    return {
        "id": steps(rows["line"]),
        "ref": [row[0] for row in words],
        "position": [row[1] for row in words],
        "customers": customers,
        "customer": [number[row[2]] for row in words],
        "products": products,
        "product": [kind[row[3]] for row in words],
        "promised": _moments(rows["promised"], begin),
        "forecast": _moments(rows["forecast"], begin),
    }


def _moments(minutes: IntArray, begin: int) -> list[int | None]:
    """Minutes from the begin of the window, None for never."""
    return [each - begin if each > 0 else None for each in minutes.tolist()]


def _bars(sheet: Sheet, names: Words, line: IntArray) -> dict[str, Any]:
    rows, begin = sheet.rows, sheet.window.minutes[0]
    processes, process = np.unique(rows["process"], return_inverse=True)
    digests, name = np.unique(rows["name"], return_inverse=True)
    start, end = rows["start"] - begin, rows["end"] - begin
    based = rows["first"] > 0
    pools = sheet.resources.pools
    sequences = rows["sequence"].tolist()
    ids = rows["id"].tolist()
    return {
        "id": steps(rows["id"]),
        "line": steps(line),
        "loop": rows["loop"].tolist(),
        "sequence": steps(rows["sequence"]),
        "names": [names.names.get(each, "") for each in digests.tolist()],
        "name": name.tolist(),
        "pools": [pools.get(each, ()) for each in processes.tolist()],
        "pool": process.tolist(),
        "status": rows["status"].tolist(),
        "machine": sheet.seats.tolist(),
        "start": (start - np.concatenate(([0], end[:-1]))).tolist() if len(start) else [],
        "length": (end - start).tolist(),
        "pinned": np.flatnonzero(rows["pinned"]).tolist(),
        "first": np.where(based, rows["first"] - rows["start"], 0).tolist(),
        "last": np.where(based, rows["last"] - rows["end"], 0).tolist(),
        "after": {
            at: names.after[ids[at]]
            for at in np.flatnonzero(rows["graph"]).tolist()
            if ids[at] in names.after and names.after[ids[at]] != [sequences[at - 1]]
        },
    }


def steps(numbers: IntArray) -> list[int]:
    """Each number as what it is more than the one before it."""
    found: list[int] = np.diff(numbers, prepend=0).tolist()
    return found
