"""The job shop search: known optima, honest bounds, the same plan from the same seed."""

import random
from typing import Any

import pytest

from benchmarks.jobshop_check import faults, makespan
from planning.engine.jobshop import JobShop, Unusable, job_shop, lower_bound, solve, tabu
from planning.engine.jobshop.construct import build, merge
from planning.engine.jobshop.graph import load
from planning.engine.jobshop.moves import search

FT06 = [
    [[2, 1], [0, 3], [1, 6], [3, 7], [5, 3], [4, 6]],
    [[1, 8], [2, 5], [4, 10], [5, 10], [0, 10], [3, 4]],
    [[2, 5], [3, 4], [5, 8], [0, 9], [1, 1], [4, 7]],
    [[1, 5], [0, 5], [2, 5], [3, 3], [4, 8], [5, 9]],
    [[2, 9], [1, 3], [4, 5], [5, 4], [0, 3], [3, 1]],
    [[1, 3], [3, 3], [5, 9], [0, 10], [4, 4], [2, 1]],
]
LA01 = [
    [[1, 21], [0, 53], [4, 95], [3, 55], [2, 34]],
    [[0, 21], [3, 52], [4, 16], [2, 26], [1, 71]],
    [[3, 39], [4, 98], [1, 42], [2, 31], [0, 12]],
    [[1, 77], [0, 55], [4, 79], [2, 66], [3, 77]],
    [[0, 83], [3, 34], [2, 64], [1, 19], [4, 37]],
    [[1, 54], [2, 43], [4, 79], [0, 92], [3, 62]],
    [[3, 69], [4, 77], [1, 87], [2, 87], [0, 93]],
    [[2, 38], [0, 60], [1, 41], [3, 24], [4, 83]],
    [[3, 17], [1, 49], [4, 25], [0, 44], [2, 98]],
    [[4, 77], [3, 79], [2, 43], [1, 75], [0, 96]],
]
LONG = 60.0


def random_rows(seed: int, jobs: int = 6, machines: int = 4, ways: int = 1) -> list[list[list[list[int]]]]:
    """Jobs that visit machines, some twice, by chance; some work takes no time."""
    chance = random.Random(seed)
    return [
        [
            [[machine, chance.randint(0, 20)] for machine in chance.sample(range(machines), ways)]
            for _ in range(chance.randint(1, machines + 2))
        ]
        for _ in range(jobs)
    ]


@pytest.mark.parametrize(("rows", "optimum"), [(FT06, 55), (LA01, 666)])
def test_known_optima_are_found_and_proven(rows: list[list[list[int]]], optimum: int) -> None:
    found = solve(job_shop(rows), seconds=LONG / 3, workers=2)
    assert (found.schedule.makespan, found.bound, found.proven) == (optimum, optimum, True)
    assert faults(rows, found.schedule.starts.tolist(), found.schedule.machines.tolist()) == []


@pytest.mark.parametrize("ways", [1, 3])
@pytest.mark.parametrize("seed", range(8))
def test_every_schedule_keeps_the_rules_and_the_makespan_said(seed: int, ways: int) -> None:
    rows = random_rows(seed, ways=ways)
    found = tabu(job_shop(rows), seconds=LONG, seed=seed, rounds=15)
    starts, machines = found.starts.tolist(), found.machines.tolist()
    assert faults(rows, starts, machines) == []
    assert makespan(rows, starts, machines) == found.makespan >= lower_bound(job_shop(rows))


@pytest.mark.parametrize("ways", [1, 2])
@pytest.mark.parametrize("seed", range(4))
def test_small_shops_are_solved_to_the_proven_optimum_by_tabu_alone(seed: int, ways: int) -> None:
    shop = job_shop(random_rows(seed, jobs=5, machines=3, ways=ways))
    exact = solve(shop, seconds=LONG, workers=1)
    assert exact.proven
    assert tabu(shop, seconds=LONG, seed=seed, rounds=20).makespan == exact.schedule.makespan


@pytest.mark.parametrize("ways", [1, 3])
def test_one_seed_gives_one_plan(ways: int) -> None:
    shop = job_shop(random_rows(7, jobs=12, machines=5, ways=ways))
    first, second = (tabu(shop, seconds=LONG, seed=5, rounds=16) for _ in range(2))
    assert first.starts.tolist() == second.starts.tolist()
    assert first.machines.tolist() == second.machines.tolist()


def test_every_kernel_is_compiled_in_one_form_only() -> None:
    for seed, ways in ((1, 1), (3, 2)):
        tabu(job_shop(random_rows(seed, jobs=12, machines=10, ways=ways)), seconds=LONG, rounds=20)
    kernels: list[Any] = [build, merge, load, search]
    assert [len(each.signatures) for each in kernels] == [1] * len(kernels)


def test_an_empty_shop_is_done_at_once() -> None:
    assert solve(JobShop(()), seconds=1).proven
    assert solve(job_shop([[], [[0, 4]], []]), seconds=1).schedule.makespan == 4


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([[[]]], "no machine"),
        ([[[[0, 1], [0, 2]]]], "twice"),
        ([[[0, -1]]], "start at 0"),
        ([[[-1, 1]]], "at 0"),
    ],
)
def test_an_unusable_row_is_refused_with_its_place(rows: list[list[list[int]]], said: str) -> None:
    with pytest.raises(Unusable, match=f"Job 0, operation 0.*{said}"):
        job_shop(rows)


# --- the judge ---


@pytest.mark.parametrize(
    ("starts", "machines", "said"),
    [
        ([0, 2, 0, 3], [0, 1, 1, 0], "before 3"),
        ([0, 3, 2, 5], [0, 1, 1, 0], "starts before job"),
        ([0, 3, 0, 3], [1, 1, 1, 0], "cannot do it"),
        ([0, 3, 0], [0, 1, 1], "not planned"),
        ([0, 3, 0, 3, 9], [0, 1, 1, 0, 0], "5 starts for 4"),
        ([-1, 3, 0, 3], [0, 1, 1, 0], "before 0"),
    ],
)
def test_the_judge_names_what_is_wrong(starts: list[int], machines: list[int], said: str) -> None:
    rows = [[[0, 3], [1, 2]], [[1, 3], [0, 4]]]
    assert faults(rows, [0, 3, 0, 3], [0, 1, 1, 0]) == []
    assert said in " ".join(faults(rows, starts, machines))
