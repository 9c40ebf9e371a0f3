"""A whole installation of its own for one measurement: services, workers, sweeper, and what they cost."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import psycopg2

from mto.embedded.postgres import Postgres, programs
from mto.embedded.process import spawn, stop
from mto.embedded.valkey import Valkey
from mto.settings.env import REPOSITORY

STATEMENTS = """
    SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = current_database()
    AND query !~* '^(begin|commit|rollback|savepoint|release|set |show |select 1$|select set_config)'
    AND query !~ '^SELECT [^ ]+ FROM ONLY .* FOR KEY SHARE OF x$'
"""
"""What our programs sent: PostgreSQL lists its own foreign key checks and connection set-up as well."""


@dataclass
class Installation:
    """What runs, and the environment other processes need to join in."""

    folder: Path
    postgres: Postgres
    valkey: Valkey
    environment: dict[str, str]
    children: list[subprocess.Popen[bytes]]

    def start(self, name: str, *arguments: str) -> None:
        """Start one of our own processes on this installation."""
        log = self.folder / f"{name}.log"
        self.children.append(spawn([sys.executable, *arguments], log=log, env=self.environment))

    def run(self, *arguments: str) -> None:
        """Run one of our own programs to its end."""
        subprocess.run([sys.executable, *arguments], check=True, env=self.environment, cwd=REPOSITORY)

    def ask(self, statement: str, *arguments: Any) -> list[tuple[Any, ...]]:
        """The rows of one SQL statement."""
        connection = psycopg2.connect(self.environment["DATABASE_URL"])
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, arguments)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def cpu_seconds(self) -> float:
        """CPU time of the whole installation so far, processes that ended included."""
        roots = [child.pid for child in self.children]
        roots += [pid for pid in (self.postgres.pid, self.valkey.pid) if pid]
        processes = {process.pid: process for root in roots for process in _family(root)}
        return sum(_cpu(process) for process in processes.values())

    def statements(self) -> int:
        """SQL statements the database has run so far, transaction control left out."""
        return int(self.ask(STATEMENTS)[0][0])

    def pgbench_tps(self, *, seconds: int = 5, clients: int = 2) -> float:
        """TPC-B transactions per second of the same server at the same durability: the yardstick."""
        self.ask("DROP DATABASE IF EXISTS pgbench")
        self.ask("CREATE DATABASE pgbench")
        target = f"{self.environment['DATABASE_URL'].rpartition('/')[0]}/pgbench"
        program = str(programs() / "pgbench")
        subprocess.run([program, "-i", "-q", "-s", "10", target], check=True, capture_output=True)
        load = [program, "-c", str(clients), "-j", str(clients), "-T", str(seconds), target]
        done = subprocess.run(load, check=True, capture_output=True, text=True)
        line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
        return float(line.split("=")[1].split()[0])


@contextmanager
def installation() -> Iterator[Installation]:
    """Services in a temporary folder with an empty migrated database; all is stopped afterwards."""
    with tempfile.TemporaryDirectory(prefix="mto-benchmark-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        postgres, valkey = Postgres(folder / "postgres", folder), Valkey(folder / "valkey", folder)
        postgres.start()
        valkey.start()
        environment = os.environ | {
            "DATABASE_URL": postgres.url,
            "REDIS_URL": valkey.url,
            "DJANGO_SETTINGS_MODULE": "mto.settings.local",
            "MTO_DATA": name,
            "PYTHONPATH": str(REPOSITORY),
        }
        here = Installation(folder, postgres, valkey, environment, [])
        try:
            here.run("manage.py", "migrate", "--verbosity", "0")
            yield here
        finally:
            for child in reversed(here.children):
                stop(child.pid)
                child.wait()
            valkey.stop()
            postgres.stop()


class Drivers:
    """Processes that play the people: ready first, then all let go at once."""

    def __init__(self, here: Installation, commands: Sequence[Sequence[str]]) -> None:
        self.processes = [
            subprocess.Popen(
                [sys.executable, *command],
                env=here.environment,
                cwd=REPOSITORY,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            for command in commands
        ]
        for process in self.processes:
            assert process.stdout
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError(f"a driver did not get ready: {process.args!r}")

    def go(self) -> list[str]:
        """Let all of them go; the last line each prints, when all have ended."""
        for process in self.processes:
            assert process.stdin
            process.stdin.write("go\n")
            process.stdin.flush()
        answers = [process.communicate()[0].strip().splitlines()[-1] for process in self.processes]
        return answers


def wait_until(true: Any, *, patience: float = 60.0) -> None:
    """Return when `true()` is; TimeoutError after `patience` seconds."""
    gives_up = time.monotonic() + patience
    while not true():
        if time.monotonic() > gives_up:
            raise TimeoutError("waited too long")
        time.sleep(0.2)


def _family(pid: int) -> list[psutil.Process]:
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


def _cpu(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return float(times.user + times.system + times.children_user + times.children_system)
