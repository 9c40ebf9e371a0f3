"""The supervisor brings back what dies and stops what it started, nothing else."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from mto.embedded.process import StartFailed
from mto.installation import AlreadyRunsError, Installation, birth_marks
from mto.supervisor import Program, Supervisor

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


def sleeper(folder: Path, argv: list[str] | None = None) -> Program:
    return Program("sleeper", argv or SLEEP, folder / "sleeper.log", dict(os.environ))


def pid_of(program: Program) -> int:
    assert program.process
    return program.process.pid


def wait_until(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def supervisor(said: list[str]) -> Supervisor:
    return Supervisor(said.append, lambda pids: None)


def test_what_dies_is_started_again(supervisor: Supervisor, said: list[str], tmp_path: Path) -> None:
    program = sleeper(tmp_path)
    supervisor.add(program)
    first = pid_of(program)
    os.kill(first, signal.SIGKILL)
    wait_until(lambda: supervisor.look() or (program.process and program.process.pid != first))
    assert "sleeper ended (code -9)" in said[0]
    supervisor.stop()


def test_what_dies_again_and_again_is_started_less_and_less_often(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    supervisor.add(sleeper(tmp_path, [sys.executable, "-c", "raise SystemExit(3)"]))
    wait_until(lambda: supervisor.look() or len(said) == 3)
    assert [line.partition("again in ")[2][:3].strip() for line in said] == ["0.5", "1 s", "2 s"]
    supervisor.stop()


def test_stopping_ends_all_children_and_only_them(supervisor: Supervisor, tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEP)
    program = sleeper(tmp_path)
    supervisor.add(program)
    child = pid_of(program)
    supervisor.stop()
    assert not psutil.pid_exists(child)
    assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_service_that_cannot_start_again_is_told_and_tried_later(
    supervisor: Supervisor, said: list[str], tmp_path: Path
) -> None:
    class Stubborn(Program):
        def start(self) -> None:
            if self.process:
                raise StartFailed("no room")
            super().start()

    program = Stubborn("stubborn", SLEEP, tmp_path / "log", dict(os.environ))
    supervisor.add(program)
    os.kill(pid_of(program), signal.SIGKILL)
    wait_until(lambda: supervisor.look() or len(said) == 2)
    assert said[1] == "no room"
    supervisor.stop()


def test_a_data_folder_is_held_by_one_start_only(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    with installation.held():
        installation.write_state(address="http://localhost:8001/")
        with pytest.raises(AlreadyRunsError, match="http://localhost:8001/"), Installation(tmp_path).held():
            pass


def test_children_of_a_killed_supervisor_are_ended_by_the_next_start(tmp_path: Path) -> None:
    orphan = subprocess.Popen(SLEEP)
    Installation(tmp_path).write_state(processes=birth_marks([orphan.pid]))
    with Installation(tmp_path).held():
        assert orphan.poll() is not None


def test_a_process_that_only_has_an_old_number_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEP)
    Installation(tmp_path).write_state(processes=[(stranger.pid, 1.0)])
    with Installation(tmp_path).held():
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()
