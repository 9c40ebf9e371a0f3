"""Configuring a model at random: how long a click takes, and whether each answer is right.

`python -m benchmarks.configurator MODEL --sessions 200 --seed 1` prints one JSON line; MODEL is a UVL, DIMACS
or XCSP 2.1 file (.uvl, .dimacs, .xml, each also .xz). A session is up to 30 clicks on features still open,
70 % of them positive; a click lasts from the choice to the features that changed, as the page receives them,
for all features. `mismatches` counts domain values that a SAT solver over the flat model sees otherwise,
`explain_wrong` explanations that prove nothing or can be shortened, `complete_wrong` completions that CP-SAT
makes cheaper. `*_cpu_*` is processor time, without what other programs take. `--sold` names a file of sold
configurations: a line of variables, then a line of values each.
"""

import argparse
import json
import lzma
import random
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.configurator_oracle import CpOracle, Flat, SatOracle
from orders.engine.logic.answers import Domains
from orders.engine.logic.dimacs import read_dimacs
from orders.engine.logic.solver import Compiled, Solver, compile_tree
from orders.engine.logic.tree import FeatureTree
from orders.engine.logic.uvl import read_uvl
from orders.engine.logic.xcsp import read_xcsp

CLICKS: Final = 30
POSITIVE: Final = 0.7
READERS: Final[dict[str, Callable[[str, str], FeatureTree]]] = {
    ".uvl": read_uvl,
    ".dimacs": read_dimacs,
    ".xml": read_xcsp,
}


@dataclass
class Spent:
    """Milliseconds of one kind of question, by the clock and of the processor."""

    clock: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self, act: Callable[[], Any]) -> Any:
        cpu, clock = time.thread_time(), time.perf_counter()
        answer = act()
        self.clock.append((time.perf_counter() - clock) * 1000)
        self.cpu.append((time.thread_time() - cpu) * 1000)
        return answer

    def figures(self, name: str, *percentiles: int) -> dict[str, float | None]:
        found = {f"{name}_p{at}_ms": _percentile(self.clock, at) for at in percentiles}
        return found | {f"{name}_cpu_p{percentiles[-1]}_ms": _percentile(self.cpu, percentiles[-1])}


@dataclass
class Case:
    """A moment of a session: what was chosen, what was answered."""

    chosen: dict[int, bool]
    domains: Domains


@dataclass
class Run:
    """All sessions over one model."""

    solver: Solver
    random: random.Random
    click: Spent = field(default_factory=Spent)
    cases: list[Case] = field(default_factory=list)
    delta_bytes: list[int] = field(default_factory=list)

    def session(self) -> None:
        """Up to 30 clicks on open features."""
        shown = self.solver.tree.visible()
        chosen: dict[int, bool] = {}
        before = page_state(self.solver.domains({}))
        for _ in range(CLICKS):
            domains = self.solver.domains(chosen)
            choices = np.flatnonzero(domains.can & ~domains.must & shown)
            if not len(choices):
                return
            chosen[int(self.random.choice(choices))] = self.random.random() < POSITIVE
            before, domains, delta = self.click.run(partial(self.answer, chosen, before))
            self.delta_bytes.append(len(delta))
            self.cases.append(Case(dict(chosen), domains))

    def answer(
        self, chosen: dict[int, bool], before: NDArray[np.int8]
    ) -> tuple[NDArray[np.int8], Domains, bytes]:
        """What a page gets: the features whose state changed."""
        domains = self.solver.domains(chosen)
        after = page_state(domains)
        changed = np.flatnonzero(after != before)
        return after, domains, json.dumps([changed.tolist(), after[changed].tolist()]).encode()


def page_state(domains: Domains) -> NDArray[np.int8]:
    """0 blocked, 1 open, 2 implied."""
    return domains.can.astype(np.int8) + domains.must


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--probes", type=int, default=10_000, help="features compared with plain SAT")
    parser.add_argument("--explanations", type=int, default=1_000)
    parser.add_argument("--completions", type=int, default=200)
    parser.add_argument("--limit", type=float, default=120.0, help="seconds to compile")
    parser.add_argument("--sold", type=Path, help="sold configurations that must be possible")
    options = parser.parse_args()
    sys.set_int_max_str_digits(0)
    clock = time.perf_counter()
    tree = read(options.model)
    read_s = time.perf_counter() - clock
    compiled = Compiled.from_bytes(compile_tree(tree, limit_s=options.limit).to_bytes())
    figures = {
        "model": options.model.name,
        "features": int(tree.visible().sum()),
        "rules": len(tree.labels),
        "method": compiled.method,
        "read_s": round(read_s, 2),
        "compile_s": round(time.perf_counter() - clock, 2),
    }
    run = Run(compiled.solver(), random.Random(options.seed))
    run.solver.domains({})
    for _ in range(options.sessions):
        run.session()
    figures |= {"clicks": len(run.cases), **run.click.figures("click", 50, 95, 99)}
    figures["delta_p95_bytes"] = _percentile(run.delta_bytes, 95)
    flat = Flat(tree)
    oracle = SatOracle(flat)
    figures |= explain_some(run, oracle, options.explanations)
    figures |= complete_some(run, flat, options.completions)
    figures |= probe(run, oracle, options.probes)
    figures |= count(run.solver)
    if options.sold:
        figures |= sold(run.solver, options.sold)
    print(json.dumps(figures))


def read(path: Path) -> FeatureTree:
    """A model file of any kind."""
    packed = path.suffix == ".xz"
    data = lzma.decompress(path.read_bytes()) if packed else path.read_bytes()
    reader = READERS[path.with_suffix("").suffix if packed else path.suffix]
    return reader(data.decode(), path.name)


def explain_some(run: Run, oracle: SatOracle, wanted: int) -> dict[str, Any]:
    """Ask why blocked features are blocked and implied ones cannot go; prove each answer again."""
    spent, wrong, sizes = Spent(), 0, [0, 0]
    shown = run.solver.tree.visible()
    run.solver.explain({}, *_fixed(run.solver.domains({}), shown, random.Random(0))[0])
    for case in run.random.sample(run.cases, len(run.cases)):
        fixed = _fixed(case.domains, shown, run.random, case.chosen)
        if not fixed or len(spent.clock) == wanted:
            continue
        feature, value = fixed[0]
        conflict = spent.run(partial(run.solver.explain, case.chosen, feature, value))
        choices = {other: case.chosen[other] for other in conflict.choices} | {feature: value}
        rules = set(conflict.rules)
        proved = not oracle.possible_with(choices, rules)
        proved &= all(oracle.possible_with(choices, rules - {rule}) for rule in rules)
        for other in conflict.choices:
            proved &= oracle.possible({key: kept for key, kept in choices.items() if key != other})
        wrong += not proved
        sizes = [max(one, len(two)) for one, two in zip(sizes, (choices, rules), strict=True)]
    return {
        "explanations": len(spent.clock),
        **spent.figures("explain", 50, 95),
        "explain_wrong": wrong,
        "most_choices": sizes[0] - 1,
        "most_rules": sizes[1],
    }


def _fixed(
    domains: Domains, shown: NDArray[np.bool_], dice: random.Random, chosen: dict[int, bool] | None = None
) -> list[tuple[int, bool]]:
    """One feature that the user did not choose and cannot change, with the value it cannot take."""
    stuck = (~domains.can | domains.must) & shown
    stuck[list(chosen or ())] = False
    places = np.flatnonzero(stuck)
    if not len(places):
        return []
    feature = int(dice.choice(places))
    return [(feature, not domains.can[feature])]


def complete_some(run: Run, flat: Flat, wanted: int) -> dict[str, Any]:
    """The cheapest completion after some clicks, timed on every case and compared with CP-SAT's."""
    spent, compared, wrong, unproved = Spent(), 0, 0, 0
    dice = np.random.default_rng(run.random.randrange(1 << 30))
    weights = dice.integers(0, 1000, len(flat.tree)).astype(np.int64)
    other = CpOracle(flat, weights) if wanted else None
    for case in run.random.sample(run.cases, min(len(run.cases), max(wanted, 500))):
        done = spent.run(partial(run.solver.complete, case.chosen, weights))
        if other and compared < wanted:
            best = other.cheapest(case.chosen, 60.0)
            compared += best is not None
            unproved += best is None
            wrong += best is not None and best != int(done @ weights)
    return {
        **spent.figures("complete", 50, 95),
        "completions_compared": compared,
        "completions_unproved": unproved,
        "complete_wrong": wrong,
    }


def probe(run: Run, oracle: SatOracle, wanted: int) -> dict[str, Any]:
    """Random features at random moments: possible, and possible not, as plain SAT says."""
    wrong = 0
    for _ in range(wanted if run.cases else 0):
        case = run.random.choice(run.cases)
        feature = run.random.randrange(len(run.solver.tree))
        for value, said in ((True, case.domains.can[feature]), (False, not case.domains.must[feature])):
            asked = {**case.chosen, feature: value}
            seen = case.chosen.get(feature, value) == value and oracle.possible(asked)
            wrong += seen != bool(said)
    return {"probes": wanted if run.cases else 0, "mismatches": wrong}


def count(solver: Solver) -> dict[str, Any]:
    """How many variants there are, exactly."""
    spent = Spent()
    number = spent.run(partial(solver.count, {}))
    digits = str(number)
    return {
        "log10_variants": solver.log10_count({}),
        "variants": None
        if number is None
        else digits
        if len(digits) < 16
        else f"{digits[0]}.{digits[1:4]}e{len(digits) - 1}",
        "count_ms": round(spent.clock[0], 1),
    }


def sold(solver: Solver, path: Path) -> dict[str, Any]:
    """Configurations that were sold: each must be possible."""
    with (
        lzma.open(path, "rt", encoding="utf8") if path.suffix == ".xz" else path.open(encoding="utf8") as file
    ):
        head, *rows = [line.split() for line in file if line.strip()]
    index = solver.tree.index
    accepted = 0
    for row in rows:
        names = [f"{variable}={value}" for variable, value in zip(head, row, strict=True)]
        accepted += all(name in index for name in names) and solver.feasible(
            {index[name]: True for name in names}
        )
    return {"sold": len(rows), "sold_accepted": accepted}


def _percentile(values: list[float] | list[int], at: int) -> float | None:
    return round(float(np.percentile(values, at)), 3) if values else None


if __name__ == "__main__":
    main()
