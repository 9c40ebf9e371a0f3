"""A whole installation of a test's own: its services may be killed without harm to other tests."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg2
import redis

from mto.embedded.postgres import Postgres
from mto.embedded.valkey import Valkey
from mto.settings.env import REPOSITORY
from mto.supervisor import Program, Supervisor, Unit

WORKER_OPTIONS = ("-c", "2", "--without-gossip", "--without-mingle", "-l", "INFO")
MASTER_DATA = """
from django.utils import timezone
from demo.services.masterdata import make_shop
make_shop(now=timezone.now())
"""


class Kept:
    """Units that a supervisor of the product keeps running, as `manage.py up` does."""

    def __init__(self, *units: Unit) -> None:
        self.supervisor = Supervisor(print, lambda pids: None)
        self.thread = threading.Thread(target=self.supervisor.watch, daemon=True)
        for unit in units:
            self.supervisor.add(unit)
        self.thread.start()

    def stop(self) -> None:
        """Stop them and their supervisor."""
        self.supervisor.stopping = True
        self.thread.join()
        self.supervisor.stop()


class Servers:
    """PostgreSQL and Valkey below one folder, with a template database that holds the demo's master data."""

    def __init__(self, folder: Path) -> None:
        self.postgres = Postgres(folder / "postgres", folder, durable=False)
        self.valkey = Valkey(folder / "valkey", folder)

    @contextmanager
    def running(self) -> Iterator["Servers"]:
        """Both run, the template is prepared."""
        kept = Kept(self.postgres, self.valkey)
        try:
            self._run("manage.py", "migrate", "-v", "0")
            self._run("manage.py", "shell", "-v", "0", "-c", MASTER_DATA)
            yield self
        finally:
            kept.stop()

    def _run(self, *arguments: str) -> None:
        command, environment = [sys.executable, *arguments], self.environment(self.postgres.database)
        done = subprocess.run(command, env=environment, cwd=REPOSITORY, capture_output=True, text=True)
        assert not done.returncode, done.stderr

    def address(self, database: str) -> str:
        """The URL of one database of the server."""
        return f"{self.postgres.url.rpartition('/')[0]}/{database}"

    def environment(self, database: str) -> dict[str, str]:
        """The environment of a process that works on this database and broker."""
        return {
            **os.environ,
            "DATABASE_URL": self.address(database),
            "REDIS_URL": self.valkey.url,
            "DJANGO_SETTINGS_MODULE": "mto.settings.test",
            "PYTHONPATH": str(REPOSITORY),
        }

    def copy_template(self, database: str) -> None:
        """Make a database of its own for one test."""
        connection = psycopg2.connect(self.address("postgres"))
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {database} TEMPLATE {self.postgres.database}")
        connection.close()


class Installation:
    """A copy of the prepared database with a worker and a sweeper of its own, and the ways to break it."""

    def __init__(self, servers: Servers, database: str, folder: Path) -> None:
        self.servers = servers
        self.folder = folder
        self.environment = servers.environment(database)
        self.address = servers.address(database)
        servers.copy_template(database)
        self.worker = self._program("worker", "-m", "celery", "-A", "mto", "worker", *WORKER_OPTIONS)
        self.sweeper = self._program("sweeper", "manage.py", "sweep")

    def _program(self, name: str, *arguments: str) -> Program:
        return Program(name, [sys.executable, *arguments], self.folder / f"{name}.log", self.environment)

    @contextmanager
    def running(self) -> Iterator["Installation"]:
        """Worker and sweeper run, and come back whenever they die."""
        kept = Kept(self.worker, self.sweeper)
        try:
            yield self
        finally:
            kept.stop()

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """The rows of one statement; none while the database is away."""
        with suppress(psycopg2.Error):
            connection = psycopg2.connect(self.address, connect_timeout=5)
            try:
                with connection.cursor() as cursor:
                    cursor.execute(statement)
                    return cursor.fetchall()
            finally:
                connection.close()
        return []

    # --- what may happen to it ---

    def kill_worker(self) -> None:
        """SIGKILL for the worker and all its children in the middle of their work."""
        assert self.worker.process
        os.killpg(self.worker.process.pid, signal.SIGKILL)

    def flush_valkey(self) -> None:
        """The broker forgets every message."""
        redis.Redis.from_url(self.servers.valkey.url).flushall()

    def kill_valkey(self) -> None:
        """The broker dies and comes back on its port."""
        _process(self.servers.valkey).kill()

    def freeze_valkey(self) -> None:
        """The broker takes connections but answers nothing for five seconds."""
        process = _process(self.servers.valkey)
        process.send_signal(signal.SIGSTOP)
        time.sleep(5)
        process.send_signal(signal.SIGCONT)

    def restart_postgres(self) -> None:
        """PostgreSQL drops everything at once, as in a crash, and recovers."""
        _process(self.servers.postgres).send_signal(signal.SIGQUIT)


def _process(unit: Unit) -> subprocess.Popen[bytes]:
    assert unit.process
    return unit.process
