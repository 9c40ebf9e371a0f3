"""Work drawn forward to idle machines."""

from planning import engine
from planning.engine import Job, Machine, Operation
from tests.planning.rule_checker import Rules

WEEK = engine.windows_of([(day * 1440, day * 1440 + 480) for day in range(5)])


def shop_of(*operations: Operation) -> engine.Problem:
    """One machine, a job for each operation, due at the end of the week."""
    jobs = [Job(due=5 * 1440)] * len(operations)
    return engine.assemble(now=0, calendars=[WEEK], machines=[Machine(0)], jobs=jobs, operations=operations)


def put(problem: engine.Problem, *starts: int) -> engine.Plan:
    """The plan in which the operations stand there."""
    found = engine.schedule(problem)
    lengths = found.end - found.start
    for at, start in enumerate(starts):
        found.start[at] = found.ready[at] = start
        found.end[at] = start + lengths[at]
    return found


def test_what_could_begin_sooner_on_an_idle_machine_does() -> None:
    problem = shop_of(Operation(job=0, machines=(0,), run=60))
    plan = engine.drawn_forward(problem, put(problem, 1440), 2880, 240)
    assert plan.start.tolist() == [0]
    assert not Rules(problem, plan).broken()


def test_a_short_wait_is_left_alone() -> None:
    problem = shop_of(Operation(job=0, machines=(0,), run=60))
    plan = put(problem, 100)
    assert engine.drawn_forward(problem, plan, 2880, 240) is plan


def test_what_cannot_begin_in_reach_stays() -> None:
    problem = shop_of(Operation(job=0, machines=(0,), run=60, release=3000))
    plan = put(problem, 4 * 1440)
    assert engine.drawn_forward(problem, plan, 2880, 240) is plan


def test_turns_stay_and_what_gains_little_does_not_move() -> None:
    problem = shop_of(
        Operation(job=0, machines=(0,), run=60), Operation(job=1, machines=(0,), run=60, release=1400)
    )
    plan = engine.drawn_forward(problem, put(problem, 1440, 1560), 2880, 240)
    assert plan.start.tolist() == [0, 1560]
