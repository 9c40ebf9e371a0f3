"""Lines that tell how far a start is, with the time each step took."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TextIO

TICK: Final = 0.2
REMINDER: Final = 10.0


class Progress:
    """One line per step; a terminal sees the seconds run, a log file a reminder every ten."""

    def __init__(self, out: TextIO | None = None) -> None:
        self.out = out or sys.stdout
        self.live = self.out.isatty()
        self.detail = ""

    def say(self, text: str = "") -> None:
        """A plain line."""
        self.out.write(f"{text}\n")
        self.out.flush()

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Show the step while it runs and how long it took."""
        began, done = time.monotonic(), threading.Event()
        self.detail = ""
        ticker = threading.Thread(target=self._tick, args=(title, began, done), daemon=True)
        ticker.start()
        try:
            yield
        except BaseException:
            self._finish(done, ticker, f"  ✗ {title} · {time.monotonic() - began:.1f} s")
            raise
        self._finish(done, ticker, f"  ✓ {title} · {time.monotonic() - began:.1f} s")

    def _finish(self, done: threading.Event, ticker: threading.Thread, line: str) -> None:
        done.set()
        ticker.join()
        self.say(f"\r\033[K{line}" if self.live else line)

    def _tick(self, title: str, began: float, done: threading.Event) -> None:
        """Rewrite the line on a terminal; elsewhere remind now and then."""
        while not done.wait(TICK if self.live else REMINDER):
            seconds = time.monotonic() - began
            detail = f" · {self.detail}" if self.detail else ""
            if self.live:
                self.out.write(f"\r\033[K  … {title} · {seconds:.0f} s{detail}"[:110])
                self.out.flush()
            else:
                self.say(f"  … {title} · {seconds:.0f} s{detail}")
