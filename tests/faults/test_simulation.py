"""Whatever breaks while the shop is at work, every order arrives and nothing happens twice."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest

from mto.settings.env import REPOSITORY
from tests.faults.facts import contradictions, read
from tests.faults.installation import Installation, Servers

FAULTS: list[Callable[[Installation], None]] = [
    Installation.kill_worker,
    Installation.flush_valkey,
    Installation.kill_valkey,
    Installation.freeze_valkey,
    Installation.restart_postgres,
]
MOVES_OF_AN_ORDER = 9
AT_LAST_SECONDS = 120

pytestmark = pytest.mark.faults
EVERY_RUN = [Installation.kill_worker, Installation.restart_postgres]
"""The others are left to the nightly run: each takes most of a minute."""


@pytest.mark.parametrize("fault", EVERY_RUN, ids=lambda fault: fault.__name__)
def test_every_order_arrives_and_nothing_happens_twice(
    servers: Servers, tmp_path: Path, fault: Callable[[Installation], None]
) -> None:
    with Installation(servers, f"small_{fault.__name__}", tmp_path).running() as here:
        simulate(here, fault, orders=30, times=2)


@pytest.mark.nightly
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_two_hundred_orders_arrive_and_nothing_happens_twice(
    servers: Servers, tmp_path: Path, fault: Callable[[Installation], None]
) -> None:
    with Installation(servers, f"large_{fault.__name__}", tmp_path).running() as here:
        simulate(here, fault, orders=200, times=6)


def simulate(here: Installation, fault: Callable[[Installation], None], *, orders: int, times: int) -> None:
    """Play `orders` orders, break something `times` times on their way, and ask the facts afterwards."""
    command = [sys.executable, "manage.py", "simulate", "--orders", str(orders), "--json"]
    with (here.folder / "simulate.log").open("wb") as log:
        play = subprocess.Popen(
            command, env=here.environment, cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=log
        )
    try:
        for time_of_fault in range(1, times + 1):
            _await_moves(here, play, orders * MOVES_OF_AN_ORDER * time_of_fault // (times + 1))
            fault(here)
        answer = play.communicate(timeout=900)[0]
    finally:
        play.kill()
        play.wait()
    said = (here.folder / "simulate.log").read_text()[-3000:]
    assert not play.returncode, said
    report = json.loads(answer.splitlines()[-1])
    assert (report["delivered"], report["needs_attention"]) == (orders, 0), f"{report}\n{said}"
    _await_handovers(here)
    connection = psycopg2.connect(here.address)
    try:
        with connection.cursor() as cursor:
            assert contradictions(read(cursor), orders) == []
    finally:
        connection.close()


def _await_handovers(here: Installation) -> None:
    """A wake-up that the fault swallowed costs time, not work: the sweeper finds it after its grace."""
    deadline = time.monotonic() + AT_LAST_SECONDS
    while here.ask("SELECT 1 FROM orders_handover WHERE done_at IS NULL AND parked_at IS NULL LIMIT 1"):
        if time.monotonic() > deadline:
            return
        time.sleep(0.5)


def _await_moves(here: Installation, play: subprocess.Popen[bytes], moves: int) -> None:
    """Return when the shop has made so many moves; the fault must strike while it is at work."""
    while not (here.ask(f"SELECT 1 FROM orders_move OFFSET {moves} LIMIT 1")):
        assert play.poll() is None, f"the simulation ended before its {moves} moves"
        time.sleep(0.05)
