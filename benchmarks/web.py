"""Pages and API at volume: `python -m benchmarks.web --orders 20000` prints one JSON line a page.

Real orders are played to delivered and to the stages between, then cloned to the volume asked for, with
late jobs, drafts and late deliveries among them. The server runs as `manage.py up` starts it. Eight clients
on kept connections ask for each page in turn: for hundreds of different orders, for other pages, filters and
windows of the lists and boards. `queries` is SQL statements per request, `cpu_ms` CPU time of the whole
installation per request. The limit on API calls is lifted, not the counting.
"""

import argparse
import http.client
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from random import Random
from typing import Any

from benchmarks.flow import PLAY, drive
from benchmarks.installation import Installation, installation, wait_until
from mto.embedded.process import choose_port
from mto.settings.env import REPOSITORY
from mto.startup import WEB

CLIENTS, SECONDS = 8, 4.0


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=20_000)
    parser.add_argument("--seconds", type=float, default=SECONDS, help="for each page")
    options = parser.parse_args()
    with installation() as here:
        prepared = prepare(here, options.orders)
        port = choose_port(None)
        serve(here, port)
        for page in prepared["pages"]:
            row = measure(here, port, page, options.seconds)
            print(json.dumps({**row, "orders": prepared["orders"]}), flush=True)


def prepare(here: Installation, orders: int) -> dict[str, Any]:
    """Ninety delivered orders and some half way, cloned; a plan, its past, sessions and a key to ask with."""
    here.run(*PLAY, "--make")
    here.start("worker", "-m", "celery", "-A", "mto", "worker", "-c", "2", "-l", "WARNING")
    drive(here, 90, 2)
    wait_until(lambda: owed(here) == 0)
    began = time.perf_counter()
    since = tell(here, "--history", str(orders * 92 // 100))
    print(f"cloned in {time.perf_counter() - began:.0f} s", file=sys.stderr, flush=True)
    drive(here, 4, 2, "--entry-only")
    wait_until(lambda: owed(here) == 0)
    for rounds in ("3", "12", "16"):
        drive(here, 4, 1, "--rounds", rounds)
    wait_until(lambda: owed(here) == 0)
    return tell(here, "--open", str(orders * 8 // 100), "--since", json.dumps(since))


def owed(here: Installation) -> int:
    """Handovers that nobody took over yet."""
    return int(here.ask("SELECT count(*) FROM orders_handover WHERE done_at IS NULL")[0][0])


def tell(here: Installation, *options: str) -> dict[str, Any]:
    """What benchmarks.web_prepare prints."""
    command = [sys.executable, "-m", "benchmarks.web_prepare", *options]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=here.environment, cwd=REPOSITORY
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def serve(here: Installation, port: int) -> None:
    """The web server as `manage.py up` starts it."""
    here.environment["MTO_API_READS"] = "1000000/min"
    here.run("manage.py", "assets")
    here.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
    here.start("web", "-m", *WEB, "--bind", f"127.0.0.1:{port}", "--log-level", "warning")
    wait_until(lambda: _answers(port))


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == 200
    except OSError:
        return False


def measure(here: Installation, port: int, page: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Ask for one page from eight clients for a while, each for all addresses in an order of its own."""
    ask_for(port, page, 40)
    before = here.statements()
    ask_for(port, page, 40)
    queries = (here.statements() - before) / 40
    worked = here.cpu_seconds()
    began = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as clients:
        asked = [clients.submit(_ask_until, port, page, began + seconds, place) for place in range(CLIENTS)]
        times = sorted(took for each in asked for took in each.result())
    took = time.perf_counter() - began
    return {
        "page": page["page"],
        "p50_ms": round(1000 * times[len(times) // 2], 1),
        "p95_ms": round(1000 * times[int(len(times) * 0.95)], 1),
        "rps": round(len(times) / took, 1),
        "queries": round(queries, 1),
        "cpu_ms": round(1000 * (here.cpu_seconds() - worked) / len(times), 1),
    }


def ask_for(port: int, page: dict[str, Any], times: int) -> None:
    """Ask a few times over one connection; RuntimeError where the answer is not 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in islice(cycle(page["paths"]), times):
        _ask(connection, path, page["headers"])
    connection.close()


def _ask_until(port: int, page: dict[str, Any], ends: float, place: int) -> list[float]:
    paths = list(page["paths"])
    Random(place).shuffle(paths)
    times: list[float] = []
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for path in cycle(paths):
        if (began := time.perf_counter()) >= ends:
            break
        _ask(connection, path, page["headers"])
        times.append(time.perf_counter() - began)
    connection.close()
    return times


def _ask(connection: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> None:
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise RuntimeError(f"{path} answered {answer.status}: {body[:300]!r}")


if __name__ == "__main__":
    main()
