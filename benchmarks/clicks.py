"""The configurator in the browser: `python -m benchmarks.clicks MODEL.uvl.xz` prints one JSON line.

A worker publishes the model, the web server runs as `manage.py up` starts it. Each user opens the page, finds
a part of the product by name and clicks what is possible, with about `--think` seconds between clicks (half
to one and a half times as long). A click is timed from sending the choices to the last byte of the answer;
`cpu_ms_per_click` is CPU time of the whole installation, which a crowded machine does not change.
"""

import argparse
import json
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from benchmarks.clicks_play import User
from benchmarks.installation import Installation, installation
from benchmarks.web import serve
from mto.embedded.process import choose_port
from mto.settings.env import REPOSITORY

WARMING = 8
"""Pages opened until every web process has surely answered one."""
AFTER = 5
"""So many users have everything completed in the end, and click once more."""


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--clicks", type=int, default=10)
    parser.add_argument("--think", type=float, default=1.0, help="seconds between two clicks of a user")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with installation() as here:
        here.start("worker", "-m", "celery", "-A", "mto", "worker", "-c", "1", "-l", "WARNING")
        prepared = prepare(here, options)
        port = choose_port(None)
        serve(here, port)
        print(json.dumps(measure(here, port, prepared, options)), flush=True)


def prepare(here: Installation, options: argparse.Namespace) -> dict[str, Any]:
    """The published product and a session for each user."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.clicks_prepare",
        options.model,
        "--users",
        str(options.users),
    ]
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, text=True, env=here.environment, cwd=REPOSITORY
    )
    return dict(json.loads(done.stdout.strip().splitlines()[-1]))


def measure(
    here: Installation, port: int, prepared: dict[str, Any], options: argparse.Namespace
) -> dict[str, Any]:
    """Warm up, let everybody open the page and find a part, then let all click."""
    users = [
        User(port, prepared["configure"], cookie, random.Random(options.seed * 1000 + number))
        for number, cookie in enumerate(prepared["cookies"])
    ]
    cold = max(users[0].open(prepared["page"])[0] for _ in range(WARMING))
    opened = [user.open(prepared["page"]) for user in users]
    found = [user.find(f"{user.rng.randrange(16):x}{user.rng.randrange(16):x}") for user in users]
    worked, began = here.cpu_seconds(), time.perf_counter()
    with ThreadPoolExecutor(len(users)) as threads:
        list(threads.map(lambda user: play(user, options.clicks, options.think), users))
    took, worked = time.perf_counter() - began, here.cpu_seconds() - worked
    completed = [_after_completion(user) for user in users[:AFTER]]
    clicks = sorted(1000 * click for user in users for click in user.clicks)
    return {
        "features": prepared["features"],
        "users": options.users,
        "think_s": options.think,
        "clicks": len(clicks),
        "clicks_per_s": round(len(clicks) / took, 1),
        "click_p50_ms": at(clicks, 0.5),
        "click_p95_ms": at(clicks, 0.95),
        "click_p99_ms": at(clicks, 0.99),
        "update_kb_p95": at([size / 1000 for user in users for size in user.sizes], 0.95),
        "completed_click_p50_ms": at([1000 * seconds for seconds, _ in completed], 0.5),
        "completed_update_kb": at([size / 1000 for _, size in completed], 1.0),
        "open_ms": at([1000 * seconds for seconds, *_ in opened], 0.5),
        "open_cold_ms": round(1000 * cold, 1),
        "find_p95_ms": at([1000 * seconds for seconds in found], 0.95),
        "page_kb": at([sent / 1000 for _, sent, _ in opened], 0.5),
        "page_read_kb": at([read / 1000 for *_, read in opened], 0.5),
        "cpu_ms_per_click": round(1000 * worked / len(clicks), 1),
        "publish_s": prepared["publish_s"],
    }


def play(user: User, clicks: int, think: float) -> None:
    """One session; users begin at different moments."""
    time.sleep(user.rng.uniform(0, think))
    for _ in range(clicks):
        user.click()
        time.sleep(think * user.rng.uniform(0.5, 1.5))


def _after_completion(user: User) -> tuple[float, int]:
    """One click after everything was completed; seconds, bytes."""
    user.complete()
    return user.reopen()


def at(values: list[float], part: float) -> float:
    """A percentile, to one decimal."""
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))], 1)


if __name__ == "__main__":
    main()
