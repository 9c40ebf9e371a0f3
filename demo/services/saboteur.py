"""What a shop's machines do to it: workers die, the broker forgets, database connections break."""

import threading
from collections.abc import Callable
from random import Random

import psutil
from celery import current_app
from django.db import DatabaseError, connection

PERIOD = 2.0


class Saboteur(threading.Thread):
    """Breaks something every two seconds until stopped; never anything outside this installation."""

    def __init__(self, *, pids: Callable[[], list[int]], seed: int) -> None:
        super().__init__(daemon=True)
        self.pids = pids
        self.rng = Random(seed)
        self.done = threading.Event()
        self.broken: list[str] = []

    def run(self) -> None:
        """Break one thing after another."""
        while not self.done.wait(PERIOD):
            what = self.rng.choice([self.kill_worker, self.flush_broker, self.cut_connections])
            self.broken.append(what())
        connection.close()

    def kill_worker(self) -> str:
        """SIGKILL one worker process of this installation."""
        workers = [process for process in _processes(self.pids()) if _is_worker(process)]
        if not workers:
            return "no worker found to kill"
        victim = self.rng.choice(workers)
        victim.kill()
        return f"killed worker process {victim.pid}"

    def flush_broker(self) -> str:
        """Make the broker forget every message."""
        try:
            with current_app.connection_for_write() as broker:
                broker.default_channel.client.flushall()  # type: ignore[attr-defined]
        except Exception as error:
            return f"broker not reached: {error}"
        return "flushed the broker"

    def cut_connections(self) -> str:
        """End every other connection to the database."""
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                return f"cut {cursor.fetchone()[0]} database connections"
        except DatabaseError as error:
            connection.close()
            return f"database not reached: {error}"


def _processes(roots: list[int]) -> list[psutil.Process]:
    found = []
    for pid in roots:
        try:
            process = psutil.Process(pid)
            found += [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            continue
    return found


def _is_worker(process: psutil.Process) -> bool:
    try:
        return any("celery" in part for part in process.cmdline())
    except psutil.Error:
        return False
