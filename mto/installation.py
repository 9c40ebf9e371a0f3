"""An installation's data folder: its lock, what it remembers between starts, what runs now."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from mto.embedded.process import age_mark, stop
from mto.settings.env import STATE_FILE


class AlreadyRunsError(Exception):
    """Another `up` holds the data folder; the message says where it answers."""


class Installation:
    """One data folder. `kept.json` outlives a stop, `installation.json` describes what runs."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.logs = folder / "logs"
        self.logins = folder / "demo-logins.json"
        self._kept = folder / "kept.json"
        self._state = folder / STATE_FILE
        self.logs.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone, or `AlreadyRunsError`."""
        handle = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            os.close(handle)
            where = self.state().get("address") or "its address is not known yet: it is starting or stopping"
            message = f"This installation is already running: {where}\nIts data: {self.folder}"
            raise AlreadyRunsError(message) from error
        try:
            self._end_orphans()
            yield
        finally:
            with suppress(FileNotFoundError):
                self._state.unlink()
            os.close(handle)

    def state(self) -> dict[str, Any]:
        """What runs: addresses and processes."""
        return _read(self._state)

    def write_state(self, **values: Any) -> None:
        """Replace what is known of the running installation; passwords are in it, only the owner reads it."""
        _write(self._state, values)

    def kept(self) -> dict[str, Any]:
        """What the installation remembers between starts: ports, and whether the demo was loaded."""
        return _read(self._kept)

    def keep(self, **values: Any) -> None:
        """Remember these values too."""
        _write(self._kept, self.kept() | values)

    def _end_orphans(self) -> None:
        """A supervisor that was killed could not stop its children: the next one does, by pid and birth."""
        for pid, began in self.state().get("processes", []):
            if age_mark(pid) == began:
                stop(pid, patience=10)


def birth_marks(pids: list[int]) -> list[tuple[int, float]]:
    """Processes as (pid, time of birth), which names them for ever."""
    return [(pid, age_mark(pid)) for pid in pids if psutil.pid_exists(pid)]


def _read(path: Path) -> dict[str, Any]:
    try:
        values = json.loads(path.read_text(encoding="utf8"))
    except (OSError, ValueError):
        return {}
    return values if isinstance(values, dict) else {}


def _write(path: Path, values: dict[str, Any]) -> None:
    """Whole or not at all."""
    half = path.with_suffix(".half")
    half.touch(mode=0o600)
    half.write_text(json.dumps(values), encoding="utf8")
    half.replace(path)
