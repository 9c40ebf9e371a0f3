"""Explosion and cost roll-up of a bill of materials of a million lines, from PostgreSQL to the answer.

`python -m benchmarks.explode --lines 1000000 --depth 12` prints one JSON line. Half of the lines depend on
400 options, every 20th quantity is a formula, every 50th line a phantom, every 100th limited by date.
`cold_s`: read the lines from the database, build, check every formula, first requirements and cost.
`warm_ms` (median; `warm_p95_ms`): both again for another configuration, formulas evaluated anew.
`delta_ms`: which requirements one changed option changes, and by how much.
`identity_error`: cost of the product against the sum of needs times own costs, relative, the worst of all.
The `…_cpu_…` figures are the same in CPU time, the database's for us included: what a busy machine blurs.
`kernels_s`: what a process spends once on compiled code, read from the cache or made at the first start ever.
"""

import argparse
import json
import subprocess
import sys

from benchmarks.installation import installation
from mto.settings.env import REPOSITORY


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--depth", type=int, default=12)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    arguments = [f"--{name}={value}" for name, value in vars(options).items()]
    with installation() as here:
        here.run("-m", "benchmarks.explode_make", *arguments)
        command = [sys.executable, "-m", "benchmarks.explode_play", *arguments]
        done = subprocess.run(
            command, check=True, env=here.environment, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
        )
    print(json.dumps(vars(options) | json.loads(done.stdout)))


if __name__ == "__main__":
    main()
