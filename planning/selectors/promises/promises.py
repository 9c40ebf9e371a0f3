"""When a quotation's lines can be delivered: asked of the plan in force, kept in memory from page to page."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import numpy as np
from django.conf import settings
from django.db import connection
from django.utils import timezone

from kernel.errors import Refused
from kernel.jit import IntArray
from orders.engine import configure, effectivity, explode
from orders.models import Order, OrderLine
from orders.selectors import compiled_line
from planning import engine
from planning.engine import NEVER
from planning.engine.promise import PromiseBook, open_book
from planning.engine.promise_answer import NewJob
from planning.selectors.moments import moment_of
from planning.selectors.order_book.book import new_links, new_rows, number_of
from planning.selectors.order_book.known import known_book
from planning.selectors.order_book.ledger import Ledger
from planning.selectors.order_book.problem import operation_at, problem_of, running_until
from planning.selectors.order_book.routing import operations_of, unknown_needs
from planning.selectors.order_book.supplies import Ways, items_of, ways_for
from planning.selectors.promises.swaps import Swap, shorter
from planning.selectors.shop.resources import Resources

NOON: Final = 12
WEIGHT: Final = 3


@dataclass(frozen=True, eq=False)
class Kept:
    """The order book of one moment, ready to be asked, and what it stands for."""

    book: Ledger
    promises: PromiseBook
    families: Mapping[int, int]


@dataclass(frozen=True)
class Asked:
    """A line as a job: its operations by sequence, what they wait for in words, and the ways to get it.

    `waits[i]` names the material operation i waits for longest, how many days, and from where; `others` are
    faster or further ways: (operation, days, words); `swaps` the jobs with another choice, in words.
    """

    line: OrderLine
    job: NewJob
    steps: Sequence[Mapping[str, Any]]
    waits: Sequence[str]
    others: Sequence[tuple[int, int, str]]
    missing: str = ""
    swaps: Sequence[tuple[str, NewJob]] = ()


_lock = threading.Lock()
_kept: dict[str, Kept] = {}


def kept_book(now: datetime, *, fresh: bool = False) -> Kept:
    """The book of the plan in force, ready to be asked: `known_book` with its promises."""
    book, name = known_book(now, fresh=fresh), str(connection.settings_dict["NAME"])
    found = _kept.get(name)
    if found and found.book is book:
        return found
    with _lock:
        again = _kept.get(name)
        if again is None or again.book is not book:
            again = _kept[name] = _opened(book)
        return again


def _opened(book: Ledger) -> Kept:
    machine, start, ready, end, fixed = _places(book)
    numbers = book.problem.operations["family"][: len(book.rows)]
    families = dict(zip(book.rows["family"].tolist(), numbers.tolist(), strict=True))
    promises = open_book(book.problem, machine, start, ready, end, fixed)
    return Kept(book, promises, families)


def _places(book: Ledger) -> tuple[IntArray, ...]:
    """Machine, start, ready, end and whether it must stay, per operation of the problem.

    What runs longer than planned pushes those behind it on its machine, as it will in the next plan.
    """
    operations, clock = book.problem.operations, book.problem.now
    places = np.full((5, len(operations)), NEVER, np.int64)
    places[0], places[4] = -1, operations["fixing"] == engine.Fixing.PINNED
    over = book.standing["end"] * 60 <= int(book.now.timestamp())
    stands = (book.standing["machine"] >= 0) & ~over
    for at, name in enumerate(("machine", "start", "start", "end")):
        places[at][stands] = book.standing[name][stands]
    for at in np.flatnonzero(operations["fixing"] == engine.Fixing.STARTED).tolist():
        end = running_until(operations[at], book.resources, clock)
        places[:, at] = operations["machine"][at], clock, clock, end, 1
    _untangle(book, places)
    return tuple(np.ascontiguousarray(row) for row in places)


def _untangle(book: Ledger, places: IntArray) -> None:
    """No two operations overlap on a machine; set-up is marked where the family changes."""
    ops, single = book.problem.operations, book.problem.machines["single"]
    machine, start, ready, end = places[0], places[1], places[2], places[3]
    placed = np.flatnonzero(machine >= 0)
    rows = placed[np.lexsort((end[placed], start[placed], machine[placed]))]
    same = machine[rows][1:] == machine[rows][:-1]
    saves = np.zeros(len(rows), bool)
    family = ops["family"][rows]
    saves[1:] = same & (family[1:] == family[:-1]) & (family[1:] >= 0)
    ready[rows] = np.minimum(start[rows] + np.where(saves, 0, ops["setup"][rows]), end[rows])
    crowded = np.flatnonzero(same & (start[rows][1:] < end[rows][:-1])) + 1
    if not crowded.size:
        return
    until, last = NEVER, -1
    for at in rows.tolist():
        if machine[at] == last and single[last] and start[at] < until:
            length = max(1, int(end[at] - start[at]))
            ready[at] += until - start[at]
            start[at], end[at] = until, until + length
        last, until = int(machine[at]), int(end[at])


def fingerprint(line: OrderLine) -> str:
    """What a promise is for: product revision, choices and quantity."""
    facts = [line.product_id, line.revision_id, line.quantity, line.choices]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def quoted_lines(order: Order) -> list[OrderLine]:
    """The lines a promise is asked for. One statement."""
    lines = order.lines.filter(state__in=["draft", "quoted"]).select_related("product__in_force", "revision")
    return list(lines.order_by("position"))


def jobs_of_lines(
    order: Order, lines: Sequence[OrderLine], kept: Kept, *, swaps: bool = False
) -> list[Asked]:
    """Each line as a job with its material dates; one that cannot be built says why. Few statements.

    With `swaps` each brings what it would be with another choice that takes less work.
    """
    today = timezone.localdate(kept.book.now)
    built: list[tuple[OrderLine, Any, str, list[Swap]]] = []
    for line in lines:
        try:
            compiled = compiled_line(line)
            at = effectivity(line.serial, line.requested_date, order.requested_date, today)
            release = explode(compiled, configure(compiled, line.choices), line.quantity, at)
            built.append((line, release, "", shorter(compiled, line, release, at) if swaps else []))
        except Refused as error:
            built.append((line, None, str(error), []))
    ways = _supply(
        [release for _, release, _, _ in built if release], [swap for *_, each in built for swap in each]
    )
    found = []
    for line, release, missing, others in built:
        if not release:
            found.append(Asked(line, NewJob(()), (), (), (), missing=missing))
            continue
        asked = _job(line, release, ways, kept)
        tried = [(words, _job(line, other, ways, kept)) for words, other in others]
        found.append(replace(asked, swaps=[(words, each.job) for words, each in tried if not each.missing]))
    return found


def _supply(releases: Sequence[Any], swaps: Sequence[Swap]) -> Ways:
    """The ways to get the material of all lines together, and of any of them with another choice."""
    needs: dict[int, Decimal] = {}
    for release in releases:
        for item, quantity in items_of(release):
            needs[item] = needs.get(item, Decimal(0)) + quantity
    for _, release in swaps:
        for item, quantity in items_of(release):
            needs.setdefault(item, quantity)
    return ways_for(needs)


def _job(line: OrderLine, release: Any, ways: Ways, kept: Kept) -> Asked:
    """The job: its operations as the planner takes them, each behind its material."""
    steps = sorted(release.routing, key=lambda row: row["sequence"])
    at = {row["sequence"]: number for number, row in enumerate(steps)}
    days, waits, missing = [0] * len(steps), [""] * len(steps), ""
    others: list[tuple[int, int, str]] = []
    for row in release.bom:
        if row["customer_supplied"] or row["item_id"] not in ways:
            continue
        found, operation = ways[row["item_id"]], at.get(row["operation"], 0)
        if not found:
            missing = f"Nobody sells {row['item']}. Add a supplier with its lead time."
            continue
        if found[0][0] > days[operation]:
            days[operation], waits[operation] = found[0][0], f"{row['item']} from {found[0][1]}"
        others += [
            (operation, lead, f"{row['item']} from {source} in {lead} days")
            for lead, source in found[1:]
            if lead < found[0][0]
        ]
    lacking = _lacking(steps, kept.book.resources)
    operations = tuple(_steps(line, steps, days, kept))
    return Asked(line, NewJob(operations, WEIGHT), steps, waits, others, missing or lacking)


def _lacking(steps: Sequence[Mapping[str, Any]], resources: Resources) -> str:
    """The first skill or tool that the shop has never heard of, in a sentence."""
    skills, tools = unknown_needs(steps, resources)
    if skills:
        return f"Nobody has the skill {min(skills)}. Train or hire somebody, or change the step."
    if tools:
        return f"There is no tool {min(tools)}. Enter one or change the step."
    return ""


def _steps(
    line: OrderLine, steps: Sequence[Mapping[str, Any]], days: Sequence[int], kept: Kept
) -> Iterator[engine.Operation]:
    """The operations as the replan will see them, with the numbers of the book, behind their material."""
    book = kept.book
    mine = operations_of(line, steps, book.resources)
    rows, names = new_rows(mine), [str(each) for each in mine]
    problem = problem_of(rows, book.resources, book.now, links=new_links(mine), names=names)
    for at, (each, wait) in enumerate(zip(mine, days, strict=True)):
        yield operation_at(problem, at)._replace(
            family=_family(each.setup_family, kept),
            skill=book.skills.known(each.skills),
            release=book.problem.now + 1440 * wait,
        )


def _family(name: str, kept: Kept) -> int:
    """A family the plan does not know has a number of its own; with a matrix it always needs its set-up."""
    if not name:
        return -1
    unknown = -1 if kept.book.problem.changeover.size else len(kept.families)
    return kept.families.get(number_of(name), unknown)


def promise_day(finish: int, resources: Resources) -> datetime:
    """The first noon of a working day by which a job that ends then is delivered."""
    at = resources.days_later(finish, settings.MTO_DELIVERY_DAYS)
    local = timezone.localtime(moment_of(at), timezone.get_default_timezone())
    if (local.hour, local.minute) > (NOON, 0):
        later = moment_of(resources.days_later(at, 1))
        local = timezone.localtime(later, timezone.get_default_timezone())
    return local.replace(hour=NOON, minute=0, second=0, microsecond=0)
