"""What every test may ask for: services on free ports, real Celery workers, a browser."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings
from django.db import connections
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import expect

from kernel.assets import build
from mto.celery import app
from mto.settings.base import postgres
from mto.settings.env import REPOSITORY, env_bool, parse_url
from orders.engine.logic.solver import warm_up
from tests.services import Services

LONGEST = "test_mypy_strict_finds_nothing"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NO_CHROMIUM = "Chromium is missing: install it (Debian: apt-get install chromium) or name it in MTO_CHROMIUM"
QUEUE = settings.CELERY_TASK_DEFAULT_QUEUE
SERVICES = pytest.StashKey[Services]()

# A change is judged by the same examples every time; HYPOTHESIS_PROFILE=default looks for new ones.
hypothesis_settings.register_profile("repeatable", derandomize=True)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


# --- services ---


def pytest_configure(config: pytest.Config) -> None:
    """Start the services once per run, in the controller; its workers find them in the environment."""
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    named = "DATABASE_URL" in os.environ and "REDIS_URL" in os.environ
    if not named and not hasattr(config, "workerinput") and not config.option.collectonly:
        services = config.stash[SERVICES] = Services()
        services.start()
        os.environ["DATABASE_URL"], os.environ["REDIS_URL"] = services.postgres.url, services.valkey.url
    if "DATABASE_URL" in os.environ:
        _point_settings_at_services()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started."""
    if services := config.stash.get(SERVICES, None):
        services.stop()


def _point_settings_at_services() -> None:
    """The settings were read before the services had an address; each worker has its own broker database."""
    database = settings.DATABASES["default"]
    database.update(postgres(parse_url(os.environ["DATABASE_URL"])))
    # On a busy machine a kernel compiles for long, within the transaction of a test.
    database["OPTIONS"]["options"] += " -c idle_in_transaction_session_timeout=300s"
    worker = os.environ.get("PYTEST_XDIST_WORKER", "gw14").removeprefix("gw")
    address = os.environ["REDIS_URL"].rpartition("/")[0] + f"/{int(worker) + 1}"
    settings.CELERY_BROKER_URL = app.conf.broker_url = address


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """No test waits for the compiler within its transaction: the database would take it for dead."""
    warm_up()


@pytest.fixture(scope="session")
def child_environment(django_db_setup: None) -> dict[str, str]:
    """The environment in which a child process works on this test run's database and broker."""
    address = parse_url(os.environ["DATABASE_URL"])
    database = connections["default"].settings_dict["NAME"]
    url = f"postgresql://{address.user}:{address.password}@{address.host}:{address.port}/{database}"
    return {
        **os.environ,
        "DATABASE_URL": url,
        "REDIS_URL": app.conf.broker_url,
        "DJANGO_SETTINGS_MODULE": "mto.settings.test",
        "PYTHONPATH": str(REPOSITORY),
    }


# --- processes ---


def start_child(arguments: list[str], environment: dict[str, str], log: Path) -> subprocess.Popen[bytes]:
    """A child in a session of its own, so that a test may kill the whole group."""
    with log.open("ab") as output:
        return subprocess.Popen(
            [sys.executable, *arguments],
            env=environment,
            cwd=REPOSITORY,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def end_child(child: subprocess.Popen[bytes]) -> None:
    """End it and all its children."""
    family = psutil.Process(child.pid).children(recursive=True) if child.poll() is None else []
    child.terminate()
    try:
        child.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
    for member in family:
        if member.is_running():
            member.kill()


def start_worker(environment: dict[str, str], log: Path, concurrency: int = 2) -> subprocess.Popen[bytes]:
    """A real Celery worker on the test database; returns when it takes messages."""
    options = ["-c", str(concurrency), "--without-gossip", "--without-mingle", "-l", "INFO"]
    child = start_child(["-m", "celery", "-A", "mto", "worker", *options], environment, log)
    deadline = time.monotonic() + 60
    while b" ready." not in log.read_bytes():
        if child.poll() is not None or time.monotonic() > deadline:
            end_child(child)
            pytest.fail(f"the Celery worker did not start:\n{log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.05)
    return child


def stop_consuming() -> None:
    """The worker takes nothing more and has finished what it had, so that the tables may be emptied."""
    app.control.cancel_consumer(QUEUE, reply=True, limit=1, timeout=10)
    with app.connection_for_write() as broker:
        broker.default_channel.client.delete(QUEUE)
    deadline = time.monotonic() + 30
    while any((app.control.inspect(limit=1, timeout=10).active() or {}).values()):
        assert time.monotonic() < deadline, "the worker is still busy 30 s after its test"


@pytest.fixture(autouse=True)
def empty_queue(request: pytest.FixtureRequest) -> None:
    """What earlier tests sent and nobody took does not count as a backlog."""
    if "transactional_db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        with app.connection_for_write() as broker:
            broker.default_channel.client.delete(QUEUE)


@pytest.fixture(scope="session")
def worker_process(
    child_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[subprocess.Popen[bytes]]:
    """One real worker for the whole run; it takes messages only while a test asks for it."""
    child = start_worker(child_environment, tmp_path_factory.mktemp("worker") / "worker.log")
    stop_consuming()
    yield child
    end_child(child)


@pytest.fixture
def worker(
    transactional_db: None, worker_process: subprocess.Popen[bytes]
) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker that sees what the test commits; what is still queued afterwards is dropped."""
    app.control.add_consumer(QUEUE, reply=True, limit=1, timeout=10)
    yield worker_process
    stop_consuming()


@pytest.fixture
def sweeper(
    transactional_db: None, child_environment: dict[str, str], tmp_path: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """A real sweeper for one test."""
    child = start_child(["manage.py", "sweep"], child_environment, tmp_path / "sweeper.log")
    yield child
    end_child(child)


# --- browser ---


def chromium() -> str | None:
    """Where Chromium stands on this machine."""
    named = os.environ.get("MTO_CHROMIUM")
    names = [named] if named else ["chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Whatever opens a page is a browser test; nightly tests run only when asked for by -m.

    The longest one begins first, so that no process waits for it alone at the end.
    """
    items.sort(key=lambda item: item.name != LONGEST)
    if not config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("nightly")])
        items[:] = [item for item in items if not item.get_closest_marker("nightly")]
    for item in items:
        if "page" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Without Chromium a browser test is skipped with its reason; where CI promised one, it fails."""
    if item.get_closest_marker("browser") and not chromium():
        refuse = pytest.fail if env_bool("MTO_CI") or env_bool("CI") else pytest.skip
        refuse(NO_CHROMIUM)


@pytest.fixture(scope="session")
def front_end() -> None:
    """The pages' files, fetched by lock file where they are not there yet."""
    build(REPOSITORY, print)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], front_end: None) -> dict[str, Any]:
    """The machine's own Chromium, with nothing that reaches for the network; a busy machine is waited for."""
    expect.set_options(timeout=15_000)
    return {**browser_type_launch_args, "executable_path": chromium(), "args": CHROMIUM_FLAGS}
