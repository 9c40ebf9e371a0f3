"""A full replan and the repair of one event through PostgreSQL, with many open jobs.

`python -m benchmarks.replan --orders 10000` prints one JSON line: seconds to load, plan and store a whole
plan (`full_s`), to repair and store one breakdown of four hours on the busiest machine (`repair_s`), and the
share of operations the repair moved (`moved_share`). Jobs of six to ten operations on fifty machines, loaded
to 80 % on average; each gets its first material twenty days before it is due.
"""

import argparse
import json

from benchmarks.installation import installation

PLAY = ("-m", "benchmarks.replan_play")


def main() -> None:
    """Run in an installation of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with installation() as here:
        answer = here.folder / "answer.json"
        here.run(*PLAY, "--orders", str(options.orders), "--seed", str(options.seed), "--out", str(answer))
        print(json.dumps(json.loads(answer.read_text())))


if __name__ == "__main__":
    main()
