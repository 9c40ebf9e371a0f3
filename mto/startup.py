"""What `manage.py up` does, step by step."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from kernel.assets import fingerprint
from mto.embedded.postgres import Postgres
from mto.embedded.process import StartFailed, is_free, stop, tail
from mto.embedded.valkey import Valkey
from mto.installation import Installation, birth_marks
from mto.progress import Progress
from mto.settings import base
from mto.settings.env import REPOSITORY, child_environment, env_url, is_named, service_address
from mto.supervisor import Program, Supervisor

LOOPBACK: Final = ("127.0.0.1", "localhost", "::1")
WEB_SECONDS: Final = 60.0
WEB: Final = [
    "gunicorn",
    "mto.wsgi:application",
    "--config",
    "python:mto.server",
    "--worker-class",
    "gthread",
    "--workers",
    "2",
    "--threads",
    "4",
    "--preload",
    "--no-control-socket",
    "--timeout",
    "60",
    "--graceful-timeout",
    "10",
]
WORKER: Final = ["celery", "-A", "mto", "worker", "--without-gossip", "--without-mingle", "-l", "INFO"]
# Source maps, and the pages of packages that this application does not show.
NOT_SERVED: Final = ("--ignore", "*.map", "--ignore", "rest_framework")
STATIC_STAMP: Final = ".stamp"


@dataclass(frozen=True)
class Wishes:
    """What the caller asked for."""

    host: str
    port: int
    demo: bool
    workers: int


class Interrupted(Exception):
    """Ctrl-C or SIGTERM while the installation was still starting."""


class Startup:
    """One start of one installation, from the services to the address on the screen."""

    def __init__(self, installation: Installation, wishes: Wishes, progress: Progress) -> None:
        self.installation = installation
        self.wishes = wishes
        self.progress = progress
        self.address = f"http://{'localhost' if wishes.host == '127.0.0.1' else wishes.host}:{wishes.port}/"
        self.urls: dict[str, str] = {}
        self.environment = child_environment()
        self.pids: list[int] = []
        self.supervisor = Supervisor(progress.say, self._remember)
        self.child: subprocess.Popen[str] | None = None

    def run(self) -> None:
        """Start everything, stay until asked to stop, stop everything."""
        began = time.monotonic()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            self._start()
            self._announce(time.monotonic() - began)
            self.supervisor.watch()
        except Interrupted:
            pass
        finally:
            self._stop()

    def _start(self) -> None:
        if not is_free(self.wishes.port):
            port = self.wishes.port
            raise StartFailed(f"Port {port} is taken by another program. Choose another: --port {port + 1}")
        self._start_services()
        with self.progress.step("Front-end files"):
            self._fetch_assets()
            self._collect_static()
        with self.progress.step("Database tables"):
            if self._tables_are_behind():
                self._command("migrate", "--no-input")
        self._first_data()
        with self.progress.step("Web server, workers, sweeper"):
            for program in self._programs():
                self.supervisor.add(program)
            self._wait_for_web()

    def _start_services(self) -> None:
        """The embedded services that the environment does not replace, on the ports of last time."""
        ports = self.installation.kept().get("ports", {})
        folder, logs = self.installation.folder, self.installation.logs
        urls = {}
        if is_named("DATABASE_URL"):
            urls["DATABASE_URL"] = service_address("DATABASE_URL")
        else:
            with self.progress.step("PostgreSQL"):
                postgres = Postgres(folder / "postgres", logs, port=ports.get("postgres"))
                self.supervisor.add(postgres)
            urls["DATABASE_URL"], ports["postgres"] = postgres.url, postgres.port
        if is_named("REDIS_URL"):
            urls["REDIS_URL"] = service_address("REDIS_URL")
        else:
            with self.progress.step("Valkey"):
                valkey = Valkey(folder / "valkey", logs, port=ports.get("valkey"))
                self.supervisor.add(valkey)
            urls["REDIS_URL"], ports["valkey"] = valkey.url, valkey.port
        self.installation.keep(ports=ports)
        self.urls = urls
        hosts = {} if self.wishes.host in LOOPBACK or is_named("MTO_HOSTS") else {"MTO_HOSTS": "*"}
        self.environment = child_environment(MTO_DATA=str(folder), **urls, **hosts)
        self._remember(self.pids)

    def _command(self, *arguments: str) -> None:
        """Run one of our commands to its end; its last line is the detail shown meanwhile."""
        log = self.installation.logs / "setup.log"
        self.child = subprocess.Popen(
            [sys.executable, "-u", str(REPOSITORY / "manage.py"), *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf8",
            errors="replace",
            start_new_session=True,
        )
        assert self.child.stdout
        with log.open("a", encoding="utf8") as file:
            for line in self.child.stdout:
                file.write(line)
                self.progress.detail = line.strip()
        code, self.child = self.child.wait(), None
        if self.supervisor.stopping:
            raise Interrupted
        if code:
            raise StartFailed(f"`manage.py {' '.join(arguments)}` failed. Its log {log} ends:\n{tail(log)}")

    def _fetch_assets(self) -> None:
        """Fetch what the lock file names, unless it is there."""
        stamp = REPOSITORY / "static" / "vendor" / ".stamp"
        if not stamp.exists() or stamp.read_text(encoding="utf8") != fingerprint(REPOSITORY):
            self._command("assets")

    def _collect_static(self) -> None:
        """Gather, name by content and compress the pages' files, only when one of them changed."""
        stamp = self.installation.folder / "static" / STATIC_STAMP
        wanted = _static_fingerprint()
        if not stamp.exists() or stamp.read_text(encoding="utf8") != wanted:
            self._command("collectstatic", "--no-input", "--clear", "-v", "0", *NOT_SERVED)
            stamp.write_text(wanted, encoding="utf8")

    def _tables_are_behind(self) -> bool:
        """Asked in this process, because a second start should not wait for one Python more."""
        url = env_url("DATABASE_URL", base.POSTGRES, self.urls["DATABASE_URL"])
        settings.DATABASES["default"].update(base.postgres(url))
        executor = MigrationExecutor(connection)
        behind = bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))
        connection.close()
        return behind

    def _first_data(self) -> None:
        """The demo shop on the very first start only: later starts keep what people made of it."""
        if self.installation.kept().get("first_data"):
            return
        if self.wishes.demo:
            with self.progress.step("Demo shop"):
                self._command("load_demo")
        self.installation.keep(first_data="demo" if self.wishes.demo else "none")

    def _programs(self) -> list[Program]:
        logs, python = self.installation.logs, [sys.executable, "-m"]
        bind = f"{self.wishes.host}:{self.wishes.port}"
        concurrency = str(max(2, os.cpu_count() or 2))
        programs = [("web", [*python, *WEB, "--bind", bind])]
        for number in range(1, self.wishes.workers + 1):
            name = f"worker-{number}"
            programs.append((name, [*python, *WORKER, "-c", concurrency, "-n", f"{name}@%h"]))
        programs.append(("sweeper", [sys.executable, str(REPOSITORY / "manage.py"), "sweep"]))
        env = {**self.environment, "PYTHONPATH": str(REPOSITORY)}
        return [Program(name, argv, logs / f"{name}.log", env) for name, argv in programs]

    def _wait_for_web(self) -> None:
        """Until the health page answers, whatever it says."""
        deadline = time.monotonic() + WEB_SECONDS
        log = self.installation.logs / "web.log"
        while time.monotonic() < deadline:
            if self.supervisor.stopping:
                raise Interrupted
            try:
                urllib.request.urlopen(
                    f"http://{_reachable(self.wishes.host)}:{self.wishes.port}/healthz", timeout=5
                )
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
            else:
                return
        raise StartFailed(f"The web server did not answer. Its log {log} ends:\n{tail(log)}")

    def _announce(self, seconds: float) -> None:
        say = self.progress.say
        say(f"\nReady after {seconds:.1f} s.\n\n  Address  {self.address}")
        logins = _logins(self.installation.logins)
        for login in logins:
            say(f"  {login['role']:<14} {login['email']:<40} {login['password']}")
        if not logins:
            say("  No logins yet: make one with `uv run manage.py createsuperuser`")
        say(f"  Data     {self.installation.folder}\n  Logs     {self.installation.logs}")
        say("\nCtrl-C stops everything.")

    def _remember(self, pids: list[int]) -> None:
        """Write down what runs, so that other commands find it and the next start can clear up."""
        self.pids = pids
        self.installation.write_state(
            address=self.address, processes=birth_marks(pids), supervisor=os.getpid(), **self.urls
        )

    def _asked_to_stop(self, *_: Any) -> None:
        self.supervisor.stopping = True
        if self.child:
            self.child.terminate()

    def _stop(self) -> None:
        if self.child:
            stop(self.child.pid)
        if self.supervisor.watched:
            with self.progress.step("Stopping"):
                self.supervisor.stop()


def _reachable(host: str) -> str:
    """Where this machine reaches a server that listens on the host."""
    return "127.0.0.1" if host in ("0.0.0.0", "localhost") else host


def _logins(path: Path) -> list[dict[str, str]]:
    """The demo's people, as its loader left them."""
    try:
        return list(json.loads(path.read_text(encoding="utf8")))
    except (OSError, ValueError):
        return []


def _static_fingerprint() -> str:
    """A digest of the name, size and time of every file the pages may load."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in finder.list([]):
            facts = os.stat(storage.path(name))
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
