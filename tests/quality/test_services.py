"""Planning, opening, recording and deciding inspections."""

from decimal import Decimal

import pytest

from kernel.errors import Conflict, Refused
from orders.models import Move, OrderLine, User, WorkItem
from orders.services import advance
from planning.models import Operation
from production.services import rework_jobs
from quality.models import Inspection, Nonconformance, Result
from quality.services import decide, inspect_jobs, plan_inspections, record, use_as_is, withdraw_jobs
from tests.planning.shop import MONDAY, Shop, make_job, make_operations
from tests.production.floor import counted, move_of, statements
from tests.quality.bench import CHARACTERISTICS, GOOD, HOT, recorded, to_inspect


def test_an_inspection_asks_what_the_job_was_sold_with(shop: Shop) -> None:
    line = make_job(shop, state="procurement", characteristics=CHARACTERISTICS)
    plan_inspections(moves=[move_of(line, "planned")], now=MONDAY)
    inspection = Inspection.objects.get(line=line)
    width = inspection.results.get(number=1)
    assert (inspection.loop, inspection.status) == (0, "planned")
    assert (width.lower, width.upper, width.unit, width.key) == (
        Decimal("301.5"),
        Decimal("302.5"),
        "mm",
        True,
    )
    assert inspection.results.count() == 5


def test_planning_twice_creates_one_inspection(shop: Shop) -> None:
    line, _ = to_inspect(shop)
    plan_inspections(moves=list(line.moves.all()), now=MONDAY)
    assert Inspection.objects.count() == 1
    assert Result.objects.count() == 5


def test_many_jobs_cost_no_more_statements_than_one(shop: Shop) -> None:
    counts = []
    for jobs in (1, 8):
        moves = [move_of(make_job(shop, state="quality"), "produced") for _ in range(jobs)]
        with statements() as seen:
            plan_inspections(moves=moves, now=MONDAY)
            inspect_jobs(moves=moves, now=MONDAY)
        counts.append(counted(seen))
    assert counts[0] == counts[1] <= 10


def test_a_built_job_waits_for_the_inspector(shop: Shop) -> None:
    line, inspection = to_inspect(shop)
    item = WorkItem.objects.waiting().get(key=f"inspect:{inspection.id}")
    assert (inspection.status, item.role, item.due_at) == ("open", "inspector", line.promised_at)


def test_values_are_judged_as_they_are_recorded(shop: Shop, ines: User) -> None:
    _, inspection = to_inspect(shop)
    record(inspection=inspection, values=HOT, by=ines, version=1, now=MONDAY)
    passed = dict(inspection.results.values_list("number", "passed"))
    assert passed == {1: True, 2: False, 3: True, 4: True, 5: True}
    assert inspection.results.get(number=2).by == ines


def test_recording_the_same_again_changes_nothing(shop: Shop, ines: User) -> None:
    _, inspection = recorded(shop, GOOD)
    again = record(inspection=inspection, values=GOOD, by=ines)
    assert again.version == inspection.version
    assert inspection.results.get(number=1).by is None


def test_a_value_can_be_cleared(shop: Shop) -> None:
    _, inspection = recorded(shop, GOOD)
    record(inspection=inspection, values={1: None}, by=None)
    width = inspection.results.get(number=1)
    assert (width.measured, width.passed, width.at) == (None, None, None)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({1: True}, "value-1"),
        ({3: Decimal(1)}, "value-3"),
        ({1: Decimal("NaN")}, "value-1"),
        ({1: Decimal(10) ** 13}, "value-1"),
        ({9: Decimal(1)}, "value-9"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_at_its_row(
    shop: Shop, values: dict[int, Decimal | bool | None], field: str
) -> None:
    _, inspection = to_inspect(shop)
    with pytest.raises(Refused) as refused:
        record(inspection=inspection, values={**values, 2: Decimal(5)}, by=None)
    assert refused.value.field == field
    assert inspection.results.get(number=2).measured is None


def test_a_stale_version_is_a_conflict(shop: Shop) -> None:
    _, inspection = recorded(shop, GOOD)
    with pytest.raises(Conflict, match="changed meanwhile"):
        decide(inspection=inspection, by=None, version=1)


def test_a_planned_inspection_cannot_be_recorded(shop: Shop) -> None:
    line = make_job(shop, state="procurement")
    plan_inspections(moves=[move_of(line, "planned")], now=MONDAY)
    with pytest.raises(Conflict, match="not open yet"):
        record(inspection=Inspection.objects.get(line=line), values={}, by=None)


def test_a_held_job_can_neither_be_recorded_nor_decided(shop: Shop) -> None:
    line, inspection = recorded(shop, GOOD)
    OrderLine.objects.filter(id=line.id).update(held_at=MONDAY, hold_reason="Customer asks")
    for act in (
        lambda: record(inspection=inspection, values={}, by=None),
        lambda: decide(inspection=inspection, by=None),
    ):
        with pytest.raises(Conflict, match="on hold: Customer asks"):
            act()


def test_deciding_names_what_is_not_recorded_yet(shop: Shop) -> None:
    _, inspection = recorded(shop, {1: Decimal(302), 3: True})
    with pytest.raises(Refused, match=r"characteristic 2, 4, 5\.") as refused:
        decide(inspection=inspection, by=None)
    assert refused.value.field == "value-2"


def test_all_passed_releases_the_job_for_delivery(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, GOOD)
    decided = decide(inspection=inspection, by=ines, version=inspection.version, now=MONDAY)
    line.refresh_from_db()
    assert (decided.status, decided.decided_by, line.state) == ("accepted", ines, "logistics")
    assert not WorkItem.objects.waiting().filter(key=f"inspect:{inspection.id}").exists()
    assert Nonconformance.objects.count() == 0


def test_one_failure_opens_an_ncr_and_sends_the_job_back(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    decide(inspection=inspection, by=ines, now=MONDAY)
    line.refresh_from_db()
    ncr = Nonconformance.objects.get(line=line)
    assert (line.state, ncr.status, ncr.disposition) == ("production", "in_rework", "rework")
    assert ncr.description == "2 CPU temperature: 91\u202fC, allowed ≤ 85\u202fC"
    assert line.moves.get(event="failed").reason == f"{ncr.number}: {ncr.description}"


def test_recording_and_deciding_take_fourteen_statements_besides_the_advance(shop: Shop, ines: User) -> None:
    other, _ = to_inspect(shop)
    with statements() as moved:
        advance(line=other, event="failed", key="x", by=ines, reason="Width", now=MONDAY)
    _, inspection = to_inspect(shop)
    with statements() as seen:
        record(inspection=inspection, values=HOT, by=ines, now=MONDAY)
        decide(inspection=inspection, by=ines, now=MONDAY)
    assert counted(seen) - counted(moved) <= 14


def test_deciding_twice_is_a_conflict(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, GOOD)
    decide(inspection=inspection, by=ines, now=MONDAY)
    with pytest.raises(Conflict, match="accepted by Ines already"):
        decide(inspection=inspection, by=ines, now=MONDAY)
    assert line.moves.filter(event="passed").count() == 1


def test_rework_gets_one_new_inspection_with_all_characteristics(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    decide(inspection=inspection, by=ines, now=MONDAY)
    OrderLine.objects.filter(id=line.id).update(state="quality")
    line.refresh_from_db()
    again = move_of(line, "produced")
    for _ in range(2):
        inspect_jobs(moves=[again], now=MONDAY)
    second = Inspection.objects.get(line=line, loop=1)
    assert (second.status, second.results.count()) == ("open", 5)
    assert Inspection.objects.filter(line=line).count() == 2


def test_the_ncr_closes_when_the_next_inspection_passes(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    decide(inspection=inspection, by=ines, now=MONDAY)
    OrderLine.objects.filter(id=line.id).update(state="quality")
    line.refresh_from_db()
    inspect_jobs(moves=[move_of(line, "produced")], now=MONDAY)
    second = Inspection.objects.get(line=line, loop=1)
    record(inspection=second, values=GOOD, by=ines)
    decide(inspection=second, by=ines, now=MONDAY)
    assert Nonconformance.objects.get(line=line).status == "closed"


def test_a_failed_job_gets_its_rework_operation(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    make_operations(shop, line, status="cancelled")
    decide(inspection=inspection, by=ines, now=MONDAY)
    failed = Move.objects.select_related("line__order").get(line=line, event="failed")
    rework_jobs(moves=[failed], now=MONDAY)
    assert Operation.objects.get(line=line, loop=1).status == "ready"


def test_use_as_is_accepts_with_a_reason_and_a_closed_ncr(shop: Shop, ines: User) -> None:
    line, inspection = recorded(shop, HOT)
    use_as_is(inspection=inspection, reason="Customer agreed by phone", by=ines, now=MONDAY)
    line.refresh_from_db()
    ncr = Nonconformance.objects.get(line=line)
    assert (line.state, ncr.disposition, ncr.status) == ("logistics", "use_as_is", "closed")
    assert ncr.reason == "Customer agreed by phone"


@pytest.mark.parametrize("reason", ["", "  ", "x" * 301])
def test_use_as_is_needs_a_reason_of_sound_length(shop: Shop, ines: User, reason: str) -> None:
    _, inspection = recorded(shop, HOT)
    with pytest.raises(Refused) as refused:
        use_as_is(inspection=inspection, reason=reason, by=ines)
    assert refused.value.field == "reason"


def test_what_conforms_needs_no_concession(shop: Shop, ines: User) -> None:
    _, inspection = recorded(shop, GOOD)
    with pytest.raises(Refused, match="nothing to concede"):
        use_as_is(inspection=inspection, reason="why not", by=ines)


def test_withdrawal_cancels_the_inspection_and_takes_it_off_the_list(shop: Shop) -> None:
    line, inspection = to_inspect(shop)
    withdraw_jobs(moves=list(line.moves.all()), now=MONDAY)
    inspection.refresh_from_db()
    assert inspection.status == "cancelled"
    assert not WorkItem.objects.waiting().exists()
