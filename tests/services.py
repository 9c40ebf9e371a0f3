"""PostgreSQL and Valkey for one test run: started once, shared by all workers of the run, gone afterwards."""

import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from mto.embedded.postgres import Postgres
from mto.embedded.valkey import Valkey

PREFIX = "mto-tests-"


class Services:
    """Both servers below one temporary folder, on free ports."""

    def __init__(self) -> None:
        _clear_after_killed_runs()
        process = psutil.Process()
        mark = f"{PREFIX}{process.pid}-{int(process.create_time())}-"
        self.folder = Path(tempfile.mkdtemp(prefix=mark))
        self.postgres = Postgres(self.folder / "postgres", self.folder / "logs", durable=False)
        self.valkey = Valkey(self.folder / "valkey", self.folder / "logs")

    def start(self) -> None:
        """Start both."""
        self.postgres.start()
        self.valkey.start()

    def stop(self) -> None:
        """Stop both and leave nothing behind."""
        self.postgres.stop()
        self.valkey.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def _clear_after_killed_runs() -> None:
    """A run that was killed could not stop its services: the next run does."""
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        pid, began = (int(part) for part in folder.name.removeprefix(PREFIX).split("-")[:2])
        if folder.is_dir() and folder.owner() == psutil.Process().username() and not _lives(pid, began):
            for process in psutil.process_iter(["cmdline"]):
                if any(str(folder) in word for word in process.info["cmdline"] or ()):
                    with suppress(psutil.Error):
                        process.terminate()
            shutil.rmtree(folder, ignore_errors=True)


def _lives(pid: int, began: int) -> bool:
    try:
        return int(psutil.Process(pid).create_time()) == began
    except psutil.NoSuchProcess:
        return False
