"""The program around the d4 compiler: clauses in, d-DNNF out; run by path in a process of its own.

d4 cannot be interrupted and writes to standard output what it thinks: a process can be killed, and gets the
circuit out by a descriptor of its own.
"""

import json
import os
import resource
import sys

import py_d4


def main() -> None:
    """Read `[variables, clauses]` as JSON, write the circuit in d4's form; argument: CPU seconds."""
    seconds = int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    answer = os.dup(sys.stdout.fileno())
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    variables, clauses = json.load(sys.stdin)
    circuit = py_d4.Solver(clauses, variables, py_d4.OptionDpllStyleMethod()).compile()
    with os.fdopen(answer, "w", encoding="ascii") as out:
        out.write(circuit.getNNFString())


if __name__ == "__main__":
    main()
