"""Keeps the processes of an installation running and stops exactly those it started."""

import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from mto.embedded.process import StartFailed, spawn, stop

PERIOD: Final = 0.25
STOP_SECONDS: Final = 10.0
LONGEST_PAUSE: Final = 30.0
STEADY_SECONDS: Final = 60.0
Say = Callable[[str], None]


class Unit(Protocol):
    """Something that runs: an embedded service or a program of ours."""

    name: str
    log: Path
    process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        """Start it, or `StartFailed`."""

    def stop(self) -> None:
        """Stop it and wait for its end."""


@dataclass
class Program:
    """One of our own processes."""

    name: str
    argv: Sequence[str]
    log: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        self.process = spawn(self.argv, log=self.log, env=self.env)

    def stop(self) -> None:
        """Ask it to finish what it has in hand, and wait; what is cut off here is woken again."""
        if self.process:
            stop(self.process.pid, patience=STOP_SECONDS)
            self.process.wait()
            self.process = None


@dataclass
class Watch:
    """A unit with its history of crashes."""

    unit: Unit
    began: float = field(default_factory=time.monotonic)
    crashes: int = 0
    again_at: float | None = None


class Supervisor:
    """Starts units in order, restarts those that die with a growing pause, stops them in reverse."""

    def __init__(self, say: Say, changed: Callable[[list[int]], None]) -> None:
        self.say = say
        self.changed = changed
        self.watched: list[Watch] = []
        # A plain flag: setting an Event in a signal handler can deadlock with the waiter it interrupts.
        self.stopping = False

    def add(self, unit: Unit) -> None:
        """Start the unit and keep it running from now on."""
        self.watched.append(Watch(unit))
        unit.start()
        self._tell()

    def watch(self) -> None:
        """Return when asked to stop; until then bring back whatever dies."""
        while not self.stopping:
            time.sleep(PERIOD)
            self.look()

    def look(self) -> None:
        """One look at every unit: note who died, start again whose pause is over."""
        for watch in self.watched:
            if not self.stopping:
                self._look_after(watch)

    def stop(self) -> None:
        """Stop our programs together, then the services they lean on, last started first."""
        self.stopping = True
        units = [watch.unit for watch in reversed(self.watched)]
        programs = [unit for unit in units if isinstance(unit, Program)]
        with ThreadPoolExecutor(max_workers=max(1, len(programs))) as together:
            list(together.map(Program.stop, programs))
        for unit in units:
            if unit not in programs:
                unit.stop()
        self.watched.clear()

    def _look_after(self, watch: Watch) -> None:
        now = time.monotonic()
        process = watch.unit.process
        if watch.again_at is None and (process is None or process.poll() is not None):
            watch.crashes = 1 if now - watch.began > STEADY_SECONDS else watch.crashes + 1
            pause = min(LONGEST_PAUSE, 0.5 * 2 ** (watch.crashes - 1))
            watch.again_at = now + pause
            code = process.returncode if process else "unknown"
            self.say(
                f"{watch.unit.name} ended (code {code}), starting it again in {pause:g} s · {watch.unit.log}"
            )
        if watch.again_at is not None and now >= watch.again_at:
            self._start_again(watch)

    def _start_again(self, watch: Watch) -> None:
        watch.again_at, watch.began = None, time.monotonic()
        try:
            watch.unit.start()
        except StartFailed as error:
            watch.unit.process = None
            self.say(str(error))
        self._tell()

    def _tell(self) -> None:
        self.changed([watch.unit.process.pid for watch in self.watched if watch.unit.process])
