"""The process of benchmarks.explode that answers: reads, builds, calculates, and says how long each took."""

import json
import resource
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

import numpy as np
import psutil
from django.db import connection

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.explode_make import OPTIONS
from kernel.expressions import BOOLEAN, NUMBER, Scope
from orders.engine.structure import (
    Answer,
    FloatArray,
    Formulas,
    Structure,
    answer,
    build,
    changed,
    check_formulas,
    explode,
    roll_up,
    warm_up,
)
from orders.models import ProductRevision
from orders.selectors.structures import part_numbers, read_lines, read_parts

Result = TypeVar("Result")
Values = dict[str, object]

NAMES = [f"OPT{index:03}" for index in range(OPTIONS)]
SCOPE = Scope([*((name, BOOLEAN) for name in NAMES), ("WIDTH", NUMBER)])
DAY = date(2026, 8, 1)
QUANTITY = 3
ROUNDS = 25

taken: dict[str, float] = {}


def timed(name: str, act: Callable[[], Result]) -> Result:
    """Do it and note the seconds."""
    began = time.perf_counter()
    result = act()
    taken[name] = time.perf_counter() - began
    return result


def choose(seed: int) -> Values:
    """A configuration: each option there or not, and a width."""
    rng = np.random.default_rng(seed)
    there = (rng.random(OPTIONS) < 0.5).tolist()
    return {**dict(zip(NAMES, there, strict=True)), "WIDTH": int(rng.integers(100, 3000))}


def main() -> None:
    """Measure and print."""
    timed("kernels_s", warm_up)
    revision = ProductRevision.objects.get(product__code="LARGE").pk
    server = psutil.Process(backend())
    began, used = time.perf_counter(), cpu(server)
    lines = timed("read_lines_s", lambda: read_lines(revision))
    parts = timed("read_parts_s", lambda: read_parts(lines.item))
    structure = timed("build_s", lambda: build(lines, parts, part_numbers))
    formulas = timed("formulas_s", lambda: check_formulas(structure, SCOPE))
    case = Case(structure, formulas, structure.costs(parts))
    first = timed("first_answer_s", lambda: case.answer(choose(0)))
    cold = {"cold_s": round(time.perf_counter() - began, 3), "cold_cpu_s": round(cpu(server) - used, 3)}
    figures = {name: round(seconds, 3) for name, seconds in taken.items()}
    print(json.dumps(cold | warm(case, first) | figures))


def backend() -> int:
    """The process of the database that serves us."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def cpu(server: psutil.Process) -> float:
    """CPU seconds of this process and of its server so far."""
    times = server.cpu_times()
    return float(time.process_time() + times.user + times.system)


class Case:
    """One structure and the questions to it."""

    def __init__(self, structure: Structure, formulas: Formulas, costs: FloatArray) -> None:
        self.structure, self.formulas, self.costs = structure, formulas, costs

    def answer(self, values: Values) -> Answer:
        """Everything for one configuration: formulas, effectivity, requirements, cost."""
        holds, amounts = self.formulas.holds(values), self.formulas.amounts(values)
        day = self.structure.effective(DAY)
        return answer(self.structure, holds, QUANTITY, self.costs, amounts=amounts, effective=day)

    def change(self, before: Answer, values: Values) -> int:
        """How many requirements other values change."""
        return int(changed(before, self.answer(values))[0].size)

    def error(self, found: Answer) -> float:
        """Cost of the whole quantity against the sum of needs times own costs, relative."""
        total = float(found.cost[0]) * QUANTITY
        return abs(total - float(found.need @ self.costs)) / total


def warm(case: Case, first: Answer) -> dict[str, float]:
    """Other configurations on the built structure, each with one option changed."""
    spans: dict[str, list[float]] = {name: [] for name in ("warm", "delta", "explode", "roll_up")}
    found, worst, most = first, case.error(first), 0
    used = 0.0
    for seed in range(1, ROUNDS + 1):
        values = choose(seed)
        used -= time.process_time()
        found = note(spans["warm"], partial(case.answer, values))
        used += time.process_time()
        worst = max(worst, case.error(found))
        other = values | {NAMES[seed]: not values[NAMES[seed]]}
        most = max(most, note(spans["delta"], partial(case.change, found, other)))
        holds, amounts = case.formulas.holds(values), case.formulas.amounts(values)
        note(spans["explode"], partial(explode, case.structure, holds, QUANTITY, amounts=amounts))
        note(spans["roll_up"], partial(roll_up, case.structure, holds, case.costs, amounts=amounts))
    figures = {f"{name}_ms": round(1000 * float(np.median(each)), 2) for name, each in spans.items()}
    return figures | {
        "warm_cpu_ms": round(1000 * used / ROUNDS, 2),
        "warm_p95_ms": round(1000 * float(np.quantile(spans["warm"], 0.95)), 2),
        "identity_error": worst,
        "levels": case.structure.depth,
        "parts": case.structure.id.size - 1,
        "parts_needed": int((found.need > 0).sum()),
        "parts_changed_at_most": most,
        "conditions": len(case.structure.conditions),
        "arrays_mb": round(case.structure.bytes / 1e6, 1),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def note(spans: list[float], act: Callable[[], Result]) -> Result:
    """Do it and append the seconds."""
    began = time.perf_counter()
    result = act()
    spans.append(time.perf_counter() - began)
    return result


if __name__ == "__main__":
    main()
