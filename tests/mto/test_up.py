"""The whole installation, started and stopped as a person does."""

import json
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from mto.embedded.process import choose_port
from mto.settings.env import REPOSITORY, child_environment

pytestmark = pytest.mark.nightly
PATIENCE = 240


class Run:
    """One `manage.py up` on a folder with a space in its name."""

    def __init__(self, folder: Path) -> None:
        self.data = folder / "a data folder"
        self.log = folder / "up.log"
        self.port = choose_port(None)
        environment = child_environment(MTO_DATA=str(self.data), DJANGO_SETTINGS_MODULE="mto.settings.local")
        self.environment = {
            name: value for name, value in environment.items() if name not in ("DATABASE_URL", "REDIS_URL")
        }
        self.process = self.command("up", "--port", str(self.port), "--no-demo")
        wait_for(lambda: "Ctrl-C stops everything" in self.log.read_text() or self.process.poll() is not None)

    def command(self, *arguments: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "manage.py", *arguments],
                cwd=REPOSITORY,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def health(self) -> dict[str, Any]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=8) as answer:
                return dict(json.load(answer))
        except OSError as error:
            return {"status": str(error)}

    def pids(self) -> list[int]:
        state = json.loads((self.data / "installation.json").read_text())
        return [pid for pid, _ in state["processes"]]


def wait_for(holds: Any) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.3)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    started = Run(tmp_path)
    yield started
    started.process.send_signal(signal.SIGINT)
    started.process.wait(60)


def test_an_installation_lives_through_a_day(run: Run) -> None:
    wait_for(lambda: run.health()["status"] == "ok")
    first = run.pids()
    assert run.command("up", "--port", "1024").wait(60) == 1
    assert f"already running: http://localhost:{run.port}/" in run.log.read_text()
    assert run.command("showmigrations", "orders").wait(60) == 0
    for pid in first:
        psutil.Process(pid).kill()
    wait_for(lambda: run.health()["status"] == "ok" and not set(first) & set(run.pids()))
    second = run.pids()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(60) == 0
    assert [pid for pid in (*first, *second) if psutil.pid_exists(pid)] == []
