"""Who attends what: everybody able, there and alone at it; nobody left out whom the plan provides for."""

import random
import time
from itertools import pairwise

import numpy as np
import pytest

from kernel.jit import IntArray, Table
from planning.engine import windows_of
from planning.engine.attendance import ATTENDED, AWAY, BUSY, NOT_NEEDED, UNABLE, Kind, Staff, attend, staff_of
from planning.engine.everything import plan
from tests.planning.engine_cases import DAY
from tests.planning.rule_checker import row
from tests.planning.whole_shops import whole_shop

EARLY, LATE, ALWAYS = 0, 1, 2


def staff(*kinds: tuple[int, int, set[int]], days: int = 10) -> Staff:
    """One person each with shift and skills; the early shift is from 6 to 14, the late one from 14 to 22."""
    tables = [
        windows_of([(day * DAY + start, day * DAY + end) for day in range(days)])
        for start, end in ((360, 840), (840, 1320), (0, 1440))
    ]
    ptr = np.cumsum([0, *map(len, tables)])
    people = [Kind(at, shift, size, frozenset(can)) for at, (size, shift, can) in enumerate(kinds)]
    return staff_of(np.concatenate(tables), ptr, people)


def rows(*wanted: tuple[int, int, int, int]) -> Table:
    """ATTENDED rows of start, end, skill and machine that need all of their minutes."""
    found = [(start, end, skill, ALWAYS, end - start, home) for start, end, skill, home in wanted]
    return np.array(found, ATTENDED)


def check(wanted: Table, people: Staff, found: IntArray) -> None:
    """Nobody is at two places; everybody can do it and is there from its start to its end."""
    for who, kind in enumerate(np.repeat(np.arange(len(people.size)), people.size).tolist()):
        mine = np.sort(wanted[found == who], order="start")
        assert all(one["end"] <= other["start"] for one, other in pairwise(mine))
        calendar = people.calendar[kind]
        hours = people.windows[people.ptr[calendar] : people.ptr[calendar + 1]]
        for one in mine:
            skill = int(one["skill"])
            assert kind in people.able[people.able_ptr[skill] : people.able_ptr[skill + 1]]
            inside = np.minimum(hours["end"], one["end"]) - np.maximum(hours["start"], one["start"])
            assert np.clip(inside, 0, None).sum() >= one["work"]


def busy_shop(number: int, people: int, days: int, share: float) -> tuple[Table, Staff]:
    """Crews of four on two shifts with skills of their own, busy for a share of their time."""
    seed = random.Random(number)
    kinds = [(4, crew % 2, {crew // 2 % 8, *seed.sample(range(8), 2)}) for crew in range(people // 4)]
    found = []
    for size, shift, can in kinds:
        for _ in range(size):
            for day in range(days):
                at = day * DAY + (360 if shift == EARLY else 840)
                last = at + 480
                while at < last:
                    end = min(at + seed.randint(15, 180), last)
                    if seed.random() < share:
                        found.append((at, end, seed.choice(sorted(can)), seed.randrange(50)))
                    at = end
    seed.shuffle(found)
    return rows(*found), staff(*kinds, days=days)


def test_overlapping_work_of_a_crew_goes_to_different_people() -> None:
    found = attend(rows((400, 500, 0, 1), (450, 550, 0, 1), (500, 600, 0, 1)), staff((2, EARLY, {0})))
    assert sorted(found[:2].tolist()) == [0, 1]
    assert found[2] == found[0]


def test_who_can_do_little_else_is_asked_first() -> None:
    people = staff((1, EARLY, {0, 1}), (1, EARLY, {0}))
    assert attend(rows((400, 500, 0, 1), (400, 500, 1, 2)), people).tolist() == [1, 0]


def test_the_shift_decides_between_crews() -> None:
    people = staff((1, EARLY, {0}), (1, LATE, {0}))
    assert attend(rows((400, 500, 0, 1), (900, 950, 0, 1)), people).tolist() == [0, 1]


@pytest.mark.parametrize(("skill", "people"), [(2, [0, 1]), (1, [1, 0])])
def test_work_changes_hands_where_that_makes_room_for_more(skill: int, people: list[int]) -> None:
    found = attend(
        rows((400, 800, 0, 3), (500, 600, skill, 3)), staff((1, ALWAYS, {0, 1}), (1, EARLY, {0, 2}))
    )
    assert found.tolist() == people


@pytest.mark.parametrize(
    ("wanted", "reason"), [((400, 500, 1, 0), UNABLE), ((900, 950, 0, 0), AWAY), ((400, 500, 0, 0), BUSY)]
)
def test_it_says_why_nobody_attends(wanted: tuple[int, int, int, int], reason: int) -> None:
    found = attend(rows((390, 800, 0, 0), wanted), staff((1, EARLY, {0})))
    assert found.tolist() == [0, reason]


def test_a_run_without_a_set_up_needs_nobody() -> None:
    assert attend(rows((400, 400, 0, 0)), staff((1, EARLY, {0}))).tolist() == [NOT_NEEDED]


def test_work_over_the_night_is_kept_by_who_began_it() -> None:
    wanted = rows((800, DAY + 400, 0, 0), (DAY + 370, DAY + 380, 0, 0))
    wanted["work"][0] = 80
    assert attend(wanted, staff((1, EARLY, {0}))).tolist() == [0, BUSY]


@pytest.mark.parametrize("number", range(5))
def test_a_shop_whose_people_are_busy_for_seven_tenths_of_their_time_leaves_nothing_over(number: int) -> None:
    wanted, people = busy_shop(number, people=40, days=30, share=0.7)
    found = attend(wanted, people)
    check(wanted, people, found)
    assert (found >= 0).all()


@pytest.mark.parametrize("number", range(80))
def test_whatever_the_engine_placed_is_attended(number: int) -> None:
    problem = whole_shop(number)
    made = plan(problem)
    skills = [row(problem.skills, crew) for crew in range(len(problem.crews))]
    kinds = [
        Kind(crew, int(each["calendar"]), int(each["size"]), frozenset(skills[crew]))
        for crew, each in enumerate(problem.crews)
    ]
    people = staff_of(problem.windows, problem.window_ptr, kinds)
    mine = np.flatnonzero(made.persons >= 0)
    wanted, operations = np.zeros(len(mine), ATTENDED), problem.operations[mine]
    wanted["start"], wanted["skill"], wanted["home"] = (
        made.start[mine],
        operations["skill"],
        made.machine[mine],
    )
    wanted["end"] = np.where(operations["unattended"] != 0, made.ready[mine], made.end[mine])
    wanted["calendar"] = problem.machines["calendar"][made.machine[mine]]
    # What lies in a rack together is attended together.
    wanted = np.unique(wanted)
    found = attend(wanted, people)
    check(wanted, people, found)
    assert (found[wanted["end"] > wanted["start"]] >= 0).all()


def test_a_move_leaves_nearly_everything_in_the_same_hands() -> None:
    wanted, people = busy_shop(1, people=40, days=20, share=0.7)
    was = attend(wanted, people)
    moved = wanted.copy()
    moved["start"][100] += 20
    moved["end"][100] += 20
    changed = attend(moved, people) != was
    assert changed.sum() <= 0.02 * len(wanted)


def test_twenty_thousand_rows_take_less_than_a_tenth_of_a_second() -> None:
    wanted, people = busy_shop(2, people=80, days=80, share=0.7)
    wanted = wanted[:20_000]
    attend(wanted[:10], people)
    begun = time.thread_time()
    found = attend(wanted, people)
    assert time.thread_time() - begun < 0.1
    assert len(wanted) == 20_000
    assert (found >= 0).all()
