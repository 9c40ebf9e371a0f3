"""The exact solver on small shops: optimum, bound, and what stands between tasks."""

from itertools import permutations, product

import pytest

from planning.engine.exact import Due, Outcome, Placement, SmallShop, Task, Unsolvable, evaluate, solve


def one_machine(outcome: Outcome) -> list[int]:
    assert outcome.placement is not None
    return list(outcome.placement.starts)


def test_weighted_tardiness_is_the_least_of_all_sequences() -> None:
    jobs = [(4, 5, 1), (3, 4, 3), (5, 9, 2), (2, 3, 1), (6, 12, 5)]
    tasks = tuple(Task(((0, time),)) for time, _, _ in jobs)
    dues = tuple(Due((number,), due, weight) for number, (_, due, weight) in enumerate(jobs))
    least = min(
        sum(
            weight * max(sum(jobs[each][0] for each in order[: at + 1]) - due, 0)
            for at, (_, due, weight) in enumerate(jobs[each] for each in order)
        )
        for order in permutations(range(len(jobs)))
    )
    found = solve(SmallShop(tasks, dues), objective="tardiness", seconds=60)
    assert (found.value, found.bound, found.proven) == (least, least, True)


def test_makespan_with_alternatives_is_the_least_of_all_assignments() -> None:
    times = [(7, 5), (4, 9), (6, 6), (3, 8), (5, 2)]
    tasks = tuple(Task(((0, slow), (1, fast))) for slow, fast in times)
    least = min(
        max(
            sum(t[0] for t, m in zip(times, choice, strict=True) if m == 0),
            sum(t[1] for t, m in zip(times, choice, strict=True) if m == 1),
        )
        for choice in product((0, 1), repeat=len(times))
    )
    assert solve(SmallShop(tasks), seconds=60).value == least


def test_nothing_begins_before_its_release_or_its_predecessor() -> None:
    shop = SmallShop((Task(((0, 3),), release=5), Task(((1, 2),), after=(0,)), Task(((0, 4),), after=(1,))))
    assert one_machine(solve(shop, seconds=60)) == [5, 8, 10]


def test_work_never_lies_over_a_blocked_time() -> None:
    shop = SmallShop((Task(((0, 4),)), Task(((0, 3),))), blocked={0: ((3, 5), (4, 6), (9, 9))})
    found = solve(shop, seconds=60)
    assert (found.value, sorted(one_machine(found)), found.proven) == (10, [0, 6], True)


def test_set_ups_between_families_are_kept_and_grouped() -> None:
    tasks = tuple(Task(((0, 2),), family=number % 2) for number in range(6))
    shop = SmallShop(tasks, setups={0: ((0, 5), (5, 0))}, standing={0: 1})
    found = solve(shop, seconds=60)
    assert (found.value, found.proven) == (17, True)
    assert sorted(start for number, start in enumerate(one_machine(found)) if number % 2) == [0, 2, 4]


def test_set_ups_hold_on_chosen_machines_only() -> None:
    tasks = (Task(((0, 3), (1, 4)), family=0), Task(((0, 3), (1, 9)), family=1))
    assert solve(SmallShop(tasks, setups={0: ((0, 4), (4, 0))}), seconds=60).value == 4


def test_a_set_up_begins_only_when_its_task_may() -> None:
    shop = SmallShop(
        (Task(((0, 3),)), Task(((1, 2),), after=(0,), family=1)),
        setups={1: ((0, 4), (4, 0))},
        standing={1: 0},
    )
    found = solve(shop, seconds=60)
    assert (one_machine(found), found.value) == ([0, 3], 9)


def test_unlimited_machines_take_any_number() -> None:
    shop = SmallShop((Task(((0, 3),)), Task(((0, 4),))), unlimited=frozenset({0}))
    assert solve(shop, seconds=60).value == 4


def test_lateness_goes_by_the_clock() -> None:
    tasks = tuple(Task(((0, time),)) for time in (5, 6, 7))
    dues = (Due((0,), 5), Due((1,), 30, 2), Due((2,), 20))
    shop = SmallShop(tasks, dues, clock=((0, 0), (8, 16), (16, 32)))
    found = solve(shop, objective="tardiness", seconds=60)
    least = min(
        evaluate(shop, Placement(starts, (0, 0, 0)), "tardiness")
        for starts in ((0, 5, 11), (0, 12, 5), (6, 0, 11), (13, 0, 6), (7, 12, 0), (13, 7, 0))
    )
    assert (found.value, found.bound) == (least, least)
    assert [shop.clock_time(end) for end in (0, 8, 9, 16, 17)] == [0, 8, 25, 32, 49]


def test_an_optimal_incumbent_comes_back_proven() -> None:
    shop = SmallShop((Task(((0, 3),)), Task(((0, 4),))), (Due((1,), 4),))
    known = Placement((4, 0), (0, 0))
    for objective in ("makespan", "tardiness"):
        found = solve(shop, objective=objective, seconds=60, incumbent=known)
        assert found.placement == known
        assert found.value == found.bound == evaluate(shop, known, objective)


def test_a_poor_incumbent_is_bettered() -> None:
    shop = SmallShop((Task(((0, 3),)), Task(((0, 4),))))
    assert solve(shop, seconds=60, incumbent=Placement((20, 30), (0, 0))).value == 7


@pytest.mark.parametrize(
    ("tasks", "said"),
    [
        ((Task(()),), "no machine"),
        ((Task(((0, 1),), after=(1,)), Task(((0, 1),), after=(0,))), "circle"),
        ((Task(((0, 1),), after=(3,)),), "not there"),
        ((Task(((0, -1),)),), "negative"),
        ((Task(((0, 1),), family=2),), "family"),
    ],
)
def test_a_shop_that_contradicts_itself_is_refused(tasks: tuple[Task, ...], said: str) -> None:
    with pytest.raises(Unsolvable, match=said):
        solve(SmallShop(tasks, setups={0: ((0,),)}), seconds=60)
