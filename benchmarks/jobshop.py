"""How near to the best known makespans the job shop search comes.

`python -m benchmarks.jobshop jsp_ta.json --seconds 60 --workers 2 --out rows.json` prints one JSON line with
the mean gap in per cent; `--out` receives a row per instance. `--instances ta01,ta11` or `--sample` take some
of the family. Every schedule is judged by `benchmarks.jobshop_check`; a wrong one ends the run.
"""

import argparse
import json
import statistics
import time
from pathlib import Path
from typing import Any

from benchmarks.jobshop_check import faults, makespan
from planning.engine.jobshop import job_shop, solve, tabu

SAMPLE = frozenset(
    {
        *("ft06", "ft10", "ft20", "la21", "la29", "la40", "abz7", "abz8", "swv01", "yn1"),
        *("ta01", "ta11", "ta21", "ta31", "ta41", "ta51", "ta61", "ta71"),
        *("mk01", "mk02", "mk05", "mk06", "mk07", "mk10"),
    }
)


def main() -> None:
    """Solve the instances one after the other and print."""
    options = _options()
    family = json.loads(options.family.read_text(encoding="utf8"))
    chosen = set(options.instances.split(",")) if options.instances else SAMPLE if options.sample else None
    instances = [each for each in family["instances"] if chosen is None or each["name"] in chosen]
    if not instances:
        raise SystemExit(f"{options.family} has none of these instances; leave out --instances for all.")
    _warm_up()
    rows = []
    for instance in instances:
        rows.append(_solved(instance, options.seconds, options.workers, options.seed))
        if options.out:
            options.out.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf8")
    print(json.dumps({"family": family["family"], "seconds": options.seconds, **_summary(rows)}))


def _options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("family", type=Path)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--instances", default="")
    parser.add_argument("--sample", action="store_true")
    parser.add_argument("--out", type=Path)
    return parser.parse_args()


def _warm_up() -> None:
    """Have everything compiled before the clock runs."""
    tabu(job_shop([[[0, 1], [1, 2]], [[1, 2], [0, 1]]]), seconds=60, rounds=20)
    both = [[0, 2], [1, 3]]
    tabu(job_shop([[both, both], [both, both], [both]]), seconds=60, rounds=20)


def _solved(instance: dict[str, Any], seconds: float, workers: int, seed: int) -> dict[str, Any]:
    """One instance's row."""
    began, used = time.monotonic(), time.process_time()
    found = solve(job_shop(instance["data"]), seconds=seconds, workers=workers, seed=seed)
    wall, used = time.monotonic() - began, time.process_time() - used
    starts, machines = found.schedule.starts.tolist(), found.schedule.machines.tolist()
    wrong = faults(instance["data"], starts, machines)
    if wrong or makespan(instance["data"], starts, machines) != found.schedule.makespan:
        raise SystemExit(f"{instance['name']}: {wrong or 'another makespan than said'}")
    return {
        "name": instance["name"],
        "operations": len(starts),
        "makespan": found.schedule.makespan,
        "best_known": instance["ub"],
        "gap_percent": round(100 * (found.schedule.makespan / instance["ub"] - 1), 3),
        "bound": found.bound,
        "proven": found.proven,
        "wall_s": round(wall, 2),
        "cpu_s": round(used, 2),
    }


def _summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The line that is printed."""
    gaps = [row["gap_percent"] for row in rows]
    return {
        "instances": len(rows),
        "mean_gap_percent": round(statistics.fmean(gaps), 3),
        "worst_gap_percent": max(gaps),
        "at_best_known": sum(gap <= 0 for gap in gaps),
        "proven": sum(row["proven"] for row in rows),
        "mean_cpu_s": round(statistics.fmean(row["cpu_s"] for row in rows), 2),
    }


if __name__ == "__main__":
    main()
