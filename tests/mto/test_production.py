"""Production starts only with secrets of its own, and passes Django's deployment checks."""

import os
import secrets
import subprocess
import sys

import pytest

from mto.settings.env import REPOSITORY

GOOD = {
    "DJANGO_SETTINGS_MODULE": "mto.settings.production",
    "MTO_SECRET_KEY": secrets.token_hex(32),
    "MTO_HOSTS": "orders.example.com",
    "DATABASE_URL": f"postgresql://mto:{secrets.token_hex(16)}@db/mto",
    "REDIS_URL": f"redis://:{secrets.token_hex(16)}@valkey:6379/0",
}


def check(**changes: str) -> subprocess.CompletedProcess[str]:
    """`manage.py check --deploy` in an environment."""
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    environment = {**os.environ, **GOOD, **changes}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    return subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def test_the_deployment_check_finds_nothing() -> None:
    done = check()
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MTO_SECRET_KEY", "changeme"),
        ("DATABASE_URL", "postgresql://mto:postgres@db/mto"),
        ("REDIS_URL", "redis://valkey:6379/0"),
        ("MTO_HOSTS", " "),
    ],
)
def test_a_default_or_missing_secret_ends_the_start_by_name(name: str, value: str) -> None:
    done = check(**{name: value})
    assert done.returncode != 0
    assert name in done.stderr.splitlines()[-1]
