"""Planning with every feature: random shops keep every rule, what has no place names the cause."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.engine import Crew, Job, Labels, Machine, Operation, Problem, Resources, Tool, assemble
from planning.engine.everything import plan
from tests.planning.engine_cases import DAY, day_shift, shop_of
from tests.planning.rule_checker import Rules
from tests.planning.whole_shops import whole_shop

PLAIN = Machine(0)
LABELS = Labels(machines=("Mill 1",), skills=("welding",), tools=("Fixture A",))


def shop(*operations: Operation, machine: Machine = PLAIN, **more: object) -> Problem:
    """One machine with a day shift; calendar 1 is the night."""
    return assemble(
        now=0,
        calendars=[day_shift(9), day_shift(9, 1200, 1400)],
        machines=[machine, Machine(0)],
        jobs=[Job(due=DAY)],
        operations=operations,
        resources=Resources(labels=LABELS, **more),  # type: ignore[arg-type]
    )


@given(number=st.integers(0, 2**32))
@settings(max_examples=150, deadline=None)
def test_every_plan_keeps_every_rule_and_leaves_nothing_out(number: int) -> None:
    problem = whole_shop(number)
    made = plan(problem)
    assert Rules(problem, made).broken() == []
    assert made.unplaced == []


@given(number=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_plan_improved_for_longer_keeps_the_rules_and_is_no_later(number: int) -> None:
    problem = whole_shop(number)
    made = plan(problem, 0.03)
    assert Rules(problem, made).broken() == []
    assert made.tardiness <= plan(problem).tardiness


def test_two_operations_wait_for_the_one_who_can() -> None:
    rows = [Operation(0, (at,), run=60, skill=0) for at in range(2)]
    made = plan(shop(*rows, crews=[Crew(0, 1, (0,))]))
    assert sorted(made.start.tolist()) == [480, 540]
    assert made.persons.tolist() == [0, 0]


def test_an_unattended_run_sets_its_operator_free() -> None:
    rows = [Operation(0, (at,), run=60, setup=10, unattended=True, skill=0) for at in range(2)]
    made = plan(shop(*rows, crews=[Crew(0, 1, (0,))]))
    assert sorted(made.start.tolist()) == [480, 490]


def test_a_fixture_is_used_by_one_at_a_time() -> None:
    rows = [Operation(0, (at,), run=60, tools=(0,)) for at in range(2)]
    assert sorted(plan(shop(*rows, tools=[Tool(1)])).start.tolist()) == [480, 540]


def test_pieces_of_one_family_share_a_rack_as_long_as_there_is_room() -> None:
    rows = [Operation(0, (0,), run=60, family=1, quantity=4) for _ in range(3)]
    made = plan(shop(*rows, machine=Machine(0, size=8)))
    assert sorted(made.start.tolist()) == [480, 480, 540]


def test_the_next_operation_begins_after_the_first_lot() -> None:
    first = Operation(0, (0,), run=100, quantity=10, transfer=2)
    made = plan(shop(first, Operation(0, (1,), run=100, quantity=10, after=(0,))))
    assert made.start.tolist() == [480, 500]


def test_what_must_not_pause_waits_for_the_morning() -> None:
    rows = [Operation(0, (0,), run=300), Operation(0, (0,), run=300, pauses=False, after=(0,))]
    assert plan(shop(*rows)).start.tolist() == [480, DAY + 480]


def test_the_frozen_zone_keeps_what_was_planned() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(9)],
        machines=[Machine(0)],
        jobs=[Job(due=DAY), Job(due=0, weight=9)],
        operations=[
            Operation(0, (0,), run=60, machine=0, start=480, tools=(0,)),
            Operation(1, (0,), run=60, tools=(0,)),
        ],
        resources=Resources(tools=[Tool(1)]),
        frozen=DAY,
    )
    assert plan(problem).start.tolist() == [480, 540]


@pytest.mark.parametrize(
    ("operation", "more", "words"),
    [
        (Operation(0, (0,), run=5, skill=0), {}, "needs welding, which nobody has"),
        (
            Operation(0, (0,), run=5, tools=(0,)),
            {"tools": [Tool(0)]},
            "needs Fixture A, of which there is none",
        ),
        (
            Operation(0, (0,), run=5, skill=0),
            {"crews": [Crew(1, 1, (0,))]},
            "never finds welding and Mill 1 at work at the same time",
        ),
        (Operation(0, (0,), run=600, pauses=False), {}, "must not pause, and lasts longer"),
    ],
)
def test_what_has_no_place_names_what_is_missing(
    operation: Operation, more: dict[str, object], words: str
) -> None:
    made = plan(shop(operation._replace(name="SO-1 operation 10"), **more))
    assert made.unplaced == [0]
    assert made.explain(0).startswith(f"SO-1 operation 10 {words}")


def test_a_calendar_without_working_time_is_named() -> None:
    problem = assemble(
        now=0,
        calendars=[day_shift(0)],
        machines=[Machine(0)],
        jobs=[Job(due=DAY)],
        operations=[Operation(0, (0,), run=5)],
        resources=Resources(labels=LABELS),
    )
    assert "finds no working time on Mill 1" in plan(problem).explain(0)


def test_a_shop_without_people_and_tools_is_planned_and_improved_the_fast_way() -> None:
    problem = shop_of(60)
    assert "ruin and recreate" in plan(problem, 0.1).rule
