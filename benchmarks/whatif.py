"""What-ifs through PostgreSQL, with many open jobs.

`python -m benchmarks.whatif --orders 10000` prints one JSON line: milliseconds to make a what-if (`make_ms`,
aim 300), seconds to plan it (`plan_s`, aim 5: the worst of ten; `plan_cpu_s` of this process) and the bytes
that ten of them add to the database (`bytes_ten_branches`, aim 20 MB). Each shuts another machine for a day
and gives a second one overtime, in the shop of `benchmarks.replan`.
"""

import argparse
import json

from benchmarks.installation import installation

PLAY = ("-m", "benchmarks.whatif_play")


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
