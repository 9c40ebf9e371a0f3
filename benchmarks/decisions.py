"""Jobs in danger and their remedies with many open jobs.

`python -m benchmarks.decisions --orders 10000 --delivered 90000` prints one JSON line: CPU seconds of one
search (`search_cpu_s`), jobs in danger, looked at and left, CPU seconds per job that was looked at
(`per_job_s`), and CPU milliseconds and statements of the planner's home and of the list of decisions, the
first time and again. The shop is that of `benchmarks.replan`; two hundred jobs are promised too early.
"""

import argparse
import json

from benchmarks.installation import installation

PLAY = ("-m", "benchmarks.decisions_play")


def main() -> None:
    """Run in an installation of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=10_000)
    parser.add_argument("--delivered", type=int, default=90_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with installation() as here:
        answer = here.folder / "answer.json"
        wishes = [f"--{name}={value}" for name, value in vars(options).items()]
        here.run("manage.py", "assets")
        here.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        here.run(*PLAY, *wishes, "--out", str(answer))
        print(json.dumps(json.loads(answer.read_text())))


if __name__ == "__main__":
    main()
