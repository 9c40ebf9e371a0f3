"""The embedded services keep what was committed, whatever happens to them."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from mto.embedded.postgres import Postgres
from mto.embedded.process import is_free, tail
from mto.embedded.valkey import Valkey


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A path with a space, below folders that pytest closed to others."""
    return tmp_path / "a data folder"


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    server = Postgres(folder / "postgres", folder / "logs")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def valkey(folder: Path) -> Iterator[Valkey]:
    server = Valkey(folder / "valkey", folder / "logs")
    server.start()
    yield server
    server.stop()


def sql(server: Postgres, *statements: str) -> list[Any]:
    """Run the statements, commit, and return the last one's rows."""
    connection = psycopg2.connect(server.url)
    with connection, connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


def test_what_was_committed_survives_a_kill(postgres: Postgres) -> None:
    sql(postgres, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (4711)")
    assert postgres.pid
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.process.wait() if postgres.process else None
    postgres.start()
    assert sql(postgres, "SELECT n FROM kept") == [(4711,)]


def test_the_database_is_durable_sorted_by_unicode_and_closed_to_strangers(postgres: Postgres) -> None:
    assert sql(postgres, "SHOW fsync") == sql(postgres, "SHOW synchronous_commit") == [("on",)]
    assert sql(postgres, "SELECT lower('ÄÖÜ')") == [("äöü",)]
    with pytest.raises(psycopg2.OperationalError, match="password"):
        psycopg2.connect(host="127.0.0.1", port=postgres.port, user="mto", password="guess", dbname="mto")


def test_the_applications_role_is_no_superuser_but_may_use_our_extensions(postgres: Postgres) -> None:
    assert sql(postgres, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") == [(False,)]
    sql(postgres, "CREATE EXTENSION btree_gist", "CREATE EXTENSION pg_trgm")


def test_a_server_left_by_a_killed_supervisor_is_replaced(postgres: Postgres, folder: Path) -> None:
    sql(postgres, "CREATE TABLE kept (n int)")
    second = Postgres(folder / "postgres", folder / "logs", port=postgres.port)
    second.start()
    assert sql(second, "SELECT count(*) FROM kept") == [(0,)]
    second.stop()
    assert postgres.process
    assert postgres.process.wait(5) == 0


def test_an_interrupted_making_of_the_cluster_is_begun_again(folder: Path) -> None:
    (folder / "postgres" / "cluster").mkdir(parents=True)
    (folder / "postgres" / "cluster" / "half").write_text("done")
    server = Postgres(folder / "postgres", folder / "logs")
    server.start()
    assert sql(server, "SELECT 1") == [(1,)]
    server.stop()


def test_a_taken_port_is_left_to_its_owner(postgres: Postgres, folder: Path) -> None:
    other = Valkey(folder / "other", folder / "logs", port=postgres.port)
    other.start()
    assert other.port != postgres.port
    other.stop()


def test_valkey_keeps_its_messages_over_a_restart(valkey: Valkey) -> None:
    redis.Redis.from_url(valkey.url).lpush("queue", "wake-up")
    valkey.stop()
    assert is_free(valkey.port or 0)
    valkey.start()
    assert redis.Redis.from_url(valkey.url).lrange("queue", 0, -1) == [b"wake-up"]


def test_valkey_never_throws_messages_away(valkey: Valkey) -> None:
    policy = redis.Redis.from_url(valkey.url).config_get("maxmemory-policy")
    assert policy == {"maxmemory-policy": "noeviction"}


def test_valkey_refuses_strangers(valkey: Valkey) -> None:
    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=valkey.port or 0).ping()


def test_the_end_of_a_log_is_told_and_a_missing_one_too(tmp_path: Path) -> None:
    (tmp_path / "log").write_text("\n".join(str(number) for number in range(30)))
    assert tail(tmp_path / "log", lines=2) == "28\n29"
    assert tail(tmp_path / "none") == "(no log)"
