"""Orders from quotation to delivered through real workers, every act of every role included.

`python -m benchmarks.flow --orders 1000` prints one JSON line. Each order: one configured line, twelve BOM
lines, eight operations, five characteristics. `ratio` is orders per second over the TPC-B transactions per
second of the same server, measured in the same run; `entry_*` measure order entry with its whole pegged
chain (quotation to material sourced) alone.
"""

import argparse
import json
import time
from typing import Any

from benchmarks.installation import Drivers, Installation, installation, wait_until

PLAY = ("-m", "benchmarks.flow_play")
WAITS = """
    SELECT percentile_cont(ARRAY[0.5, 0.95, 0.99]) WITHIN GROUP (
        ORDER BY extract(epoch FROM started_at - created_at) * 1000)
    FROM orders_handover WHERE id > %s AND done_at IS NOT NULL
"""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2, help="Celery worker processes")
    parser.add_argument("--drivers", type=int, default=2, help="processes that play the people")
    options = parser.parse_args()
    with installation() as here:
        here.run(*PLAY, "--make")
        pool = ("-c", str(options.workers), "-l", "WARNING", "--without-gossip", "--without-mingle")
        here.start("worker", "-m", "celery", "-A", "mto", "worker", *pool)
        here.start("sweeper", "manage.py", "sweep")
        drive(here, 6 * options.drivers, options.drivers)
        figures = measure_flow(here, options.orders, options.drivers)
        figures |= measure_entry(here, max(20, options.orders // 5), options.drivers)
    print(json.dumps(figures))


def measure_flow(here: Installation, orders: int, drivers: int) -> dict[str, Any]:
    """The whole life of `orders` orders, then the yardstick on the same server."""
    mark = here.ask("SELECT coalesce(max(id), 0) FROM orders_handover")[0][0]
    moves = here.ask("SELECT count(*) FROM orders_move")[0][0]
    statements, cpu = here.statements(), here.cpu_seconds()
    seconds, cpu_of_drivers = drive(here, orders, drivers)
    cpu = here.cpu_seconds() - cpu + cpu_of_drivers
    statements = here.statements() - statements
    moves = here.ask("SELECT count(*) FROM orders_move")[0][0] - moves
    p50, p95, p99 = here.ask(WAITS, mark)[0][0]
    delivered = here.ask("SELECT count(*) FROM orders_order WHERE state = 'delivered'")[0][0]
    tps = here.pgbench_tps()
    return {
        "orders": orders,
        "delivered": delivered - 6 * drivers,
        "orders_per_s": round(orders / seconds, 2),
        "moves_per_s": round(moves / seconds, 1),
        "wait_p50_ms": round(p50, 1),
        "wait_p95_ms": round(p95, 1),
        "wait_p99_ms": round(p99, 1),
        "statements_per_job": round(statements / orders, 1),
        "cpu_ms_per_order": round(1000 * cpu / orders, 1),
        "pgbench_tps": round(tps, 1),
        "ratio": round(orders / seconds / tps, 5),
    }


def measure_entry(here: Installation, orders: int, drivers: int) -> dict[str, Any]:
    """Order entry with its pegged chain: from quotation until material is sourced and ordered for it."""
    cpu = here.cpu_seconds()
    owed = "SELECT count(*) FROM orders_handover WHERE done_at IS NULL"
    began = time.perf_counter()
    _, cpu_of_drivers = drive(here, orders, drivers, "--entry-only")
    wait_until(lambda: here.ask(owed)[0][0] == 0, patience=120)
    seconds = time.perf_counter() - began
    cpu = here.cpu_seconds() - cpu + cpu_of_drivers
    return {
        "entry_per_s": round(orders / seconds, 2),
        "entry_cpu_ms": round(1000 * cpu / orders, 1),
    }


def drive(here: Installation, orders: int, drivers: int, *more: str) -> tuple[float, float]:
    """Play `orders` orders; returns wall seconds and the drivers' CPU seconds."""
    shares = [orders // drivers + (index < orders % drivers) for index in range(drivers)]
    commands = [
        (*PLAY, "--orders", str(share), "--share", str(index), *more) for index, share in enumerate(shares)
    ]
    people = Drivers(here, commands)
    began = time.perf_counter()
    answers = [json.loads(answer) for answer in people.go()]
    return time.perf_counter() - began, sum(answer["cpu_s"] for answer in answers)


if __name__ == "__main__":
    main()
