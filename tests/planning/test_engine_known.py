"""What is said of small alterations of a known plan is what reckoning in full says."""

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.jit import BoolArray, Table
from planning import engine
from planning.engine import Fixing, Known, Problem
from planning.engine.near import Near
from tests.planning.alterations import altered_a_little, stood
from tests.planning.engine_cases import random_problem, shop_of
from tests.planning.whole_shops import serial_shop, staffed_shop, whole_shop

WAYS = ("pushed", "in_turn", "repaired")


def in_full(way: str, problem: Problem, slots: Table, about: BoolArray) -> Table:
    """The answer without anything known."""
    if way == "repaired":
        return engine.repair(problem, slots, about).slots
    found: Table = getattr(engine, way)(problem, slots)
    return found


def answer(known: Known, way: str, problem: Problem, slots: Table, about: BoolArray) -> Table:
    """The answer by what is known."""
    if way == "repaired":
        return known.repaired(problem, slots, about)
    found: Table = getattr(known, way)(problem, slots)
    return found


def some(problem: Problem, seed: random.Random) -> BoolArray:
    """Operations that look for better places."""
    return np.array([seed.random() < 0.3 for _ in range(len(problem))], np.bool_)


def followed_exactly(way: str, problem: Problem, seed: random.Random) -> None:
    """Three small alterations are answered as if all were reckoned in full."""
    known = Known(problem, stood(problem, seed))
    for _ in range(3):
        other, slots = altered_a_little(problem, known.standing, seed)
        about = some(problem, seed)
        assert (answer(known, way, other, slots, about) == in_full(way, other, slots, about)).all()


@pytest.mark.parametrize("way", WAYS)
@given(number=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_a_small_alteration_is_followed_exactly(way: str, number: int) -> None:
    if len(problem := random_problem(number)):
        followed_exactly(way, problem, random.Random(number))


@pytest.mark.parametrize("way", WAYS)
def test_so_it_is_in_a_shop_with_long_queues(way: str) -> None:
    problem, seed = shop_of(60), random.Random(7)
    known = Known(problem, stood(problem, seed))
    for _ in range(10):
        other, slots = altered_a_little(problem, known.standing, seed)
        about = problem.operations["job"] == seed.randrange(60)
        assert (answer(known, way, other, slots, about) == in_full(way, other, slots, about)).all()


@pytest.mark.parametrize("way", WAYS)
@given(number=st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_it_is_followed_among_people_and_tools_too(way: str, number: int) -> None:
    followed_exactly(way, serial_shop(number), random.Random(number))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("number", range(4))
def test_so_it_is_where_people_are_few_and_queues_long(way: str, number: int) -> None:
    problem, seed = staffed_shop(60, number), random.Random(number)
    known = Known(problem, stood(problem, seed))
    for _ in range(6):
        other, slots = altered_a_little(problem, known.standing, seed)
        about = problem.operations["job"] == seed.randrange(60)
        assert known.serial.altered(other, slots) is not None
        assert (answer(known, way, other, slots, about) == in_full(way, other, slots, about)).all()


def test_the_plan_that_is_known_has_the_same_people() -> None:
    problem = staffed_shop(60, 1)
    near = Near(problem, stood(problem, random.Random(1)))
    base = Known(problem, near.standing).serial.homes
    assert base is not None
    assert (base.made.persons == near.way(near.lost.astype(np.int64))[1]).all()


def test_many_operations_bound_to_another_machine_are_reckoned_in_full() -> None:
    problem = staffed_shop(60, 2)
    known = Known(problem, stood(problem, random.Random(2)))
    operations = problem.operations.copy()
    operations["fixing"], operations["machine"], operations["start"] = Fixing.PINNED, 0, 600
    assert known.serial.altered(problem.with_operations(operations), known.standing) is None


@pytest.mark.parametrize("way", WAYS)
def test_a_shop_with_racks_and_stock_is_reckoned_in_full(way: str) -> None:
    problem, seed = whole_shop(6), random.Random(6)
    known, about = Known(problem, stood(problem, seed)), some(problem, seed)
    other, slots = altered_a_little(problem, known.standing, seed)
    assert known.serial.altered(other, slots) is None
    assert (answer(known, way, other, slots, about) == in_full(way, other, slots, about)).all()


def test_another_graph_is_another_shop() -> None:
    known = Known(random_problem(3), stood(random_problem(3), random.Random(3)))
    assert known.altered(random_problem(3), known.standing) is None


def test_what_nothing_reaches_is_known_already() -> None:
    problem = shop_of(20)
    known = Known(problem, stood(problem, random.Random(1)))
    near = known.altered(problem, known.standing)
    assert near is not None
    assert not near.touched.size
