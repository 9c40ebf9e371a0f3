"""One hand-over at a time: poison, a broker that is away, a crash at the worst moment, a second sweeper."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from demo.services.masterdata import make_shop
from demo.services.players import people
from demo.services.wishes import Wish, place_order
from mto.celery import app
from mto.settings.env import REPOSITORY
from orders.models import Customer, Handover, Order, Product, Snapshot
from orders.services import wake
from production.models import WorkOrder
from tests.conftest import end_child, start_child
from tests.journeys.story import line_of, owed, until

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
Process = subprocess.Popen[bytes]
DIES_BEFORE_IT_PUBLISHES = """
import os
from django.utils import timezone
from orders.models import Order
from orders.services import confirm_order, wake
wake._broker = lambda: os.kill(os.getpid(), 9)
confirm_order(order=Order.objects.get(), by=None, now=timezone.now())
"""


def place(upto: str = "confirm", customer_po: str = "PO-1") -> Order:
    """One workstation, ordered."""
    wish = Wish(Customer.objects.get(code="COBALT"), {}, 1, 40, customer_po)
    product = Product.objects.get(code="NB-W7")
    return place_order(wish=wish, product=product, by=None, now=timezone.now(), upto=upto)


def signed_in(role: str) -> Client:
    """A browser of one person of this role."""
    client = Client()
    client.force_login(people()[role], backend="mto.accounts.People")
    return client


@pytest.fixture
def shop(transactional_db: None) -> None:
    """Northbyte without orders."""
    make_shop(now=timezone.now())


# --- poison ---


def forge_routing(order: Order, routing: object) -> None:
    """Write into a snapshot what no service of ours can: PostgreSQL itself refuses it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE orders_snapshot DISABLE TRIGGER USER")
        Snapshot.objects.filter(line__order=order).update(routing=routing)
        cursor.execute("ALTER TABLE orders_snapshot ENABLE TRIGGER USER")


@pytest.fixture
def poisoned(shop: None, worker: Process, sweeper: Process) -> Order:
    """An order whose frozen routing no planner can read, at the last of its attempts."""
    with transaction.atomic():
        order = place()
        forge_routing(order, [{"sequence": "poison"}])
    handover = Handover.objects.filter(line__order=order)
    until(lambda: handover.get().attempts >= 2, "the first attempts")
    handover.update(attempts=5, due_at=timezone.now() - timedelta(minutes=1), woken_at=None)
    until(lambda: handover.get().parked_at, "it to be parked")
    return order


def test_poison_is_parked_in_sight_while_others_pass(poisoned: Order) -> None:
    other = place(customer_po="PO-2")
    until(lambda: line_of(other).state == "production", "the other order to pass")
    page = signed_in("manager").get("/needs-attention/").content.decode()
    assert poisoned.reference in page
    assert "Try again" in page
    assert line_of(poisoned).state == "planning"


def test_what_was_poisoned_goes_on_when_it_is_mended_and_tried_again(poisoned: Order) -> None:
    good = place(customer_po="PO-2").lines.get().snapshot.routing
    forge_routing(poisoned, good)
    handover = Handover.objects.get(line__order=poisoned)
    signed_in("manager").post(f"/needs-attention/{handover.id}/try-again/")
    until(lambda: line_of(poisoned).state == "production", "it to go on")
    assert poisoned.reference not in signed_in("manager").get("/needs-attention/").content.decode()


# --- the broker is away ---


def refusing(stack: ExitStack) -> int:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def silent(stack: ExitStack) -> int:
    """A port that takes connections and never answers, as a frozen broker does."""
    server = stack.enter_context(socket.socket())
    server.bind(("127.0.0.1", 0))
    server.listen(100)
    return int(server.getsockname()[1])


@pytest.fixture(params=[refusing, silent], ids=lambda kind: kind.__name__)
def away(shop: None, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a broker that is of no use; this process, which has published before, uses it."""
    place(customer_po="PO-0")
    with ExitStack() as stack:
        address = f"redis://127.0.0.1:{request.param(stack)}/0"
        monkeypatch.setattr(app.conf, "broker_url", address)
        monkeypatch.setattr(wake, "_quiet_until", 0.0)
        forget_connections()
        yield address
    monkeypatch.undo()
    forget_connections()


def forget_connections() -> None:
    """Let Celery connect anew."""
    app._after_fork()


def test_without_a_broker_a_page_answers_at_once_and_the_sweeper_does_the_work(
    away: str, child_environment: dict[str, str], tmp_path: Path
) -> None:
    order, client = place(upto="quote"), signed_in("sales")
    assert client.get(order.get_absolute_url()).status_code == 200
    promised = timezone.localdate() + timedelta(days=30)
    began = time.monotonic()
    answer = client.post(
        f"/orders/{order.reference}/act/confirm/", {"version": order.version, "promised": f"{promised}"}
    )
    took = time.monotonic() - began
    assert (answer.status_code, took < 1.5) == (302, True), took
    environment = {**child_environment, "REDIS_URL": away}
    sweeper = start_child(["manage.py", "sweep"], environment, tmp_path / "sweeper.log")
    try:
        until(lambda: line_of(order).state == "production", "the sweeper to do the work", patience=90)
    finally:
        end_child(sweeper)


# --- a crash between commit and publication ---


def test_a_wake_up_that_was_never_sent_costs_a_grace_period_and_nothing_else(
    shop: None, worker: Process, sweeper: Process, child_environment: dict[str, str]
) -> None:
    order = place(upto="quote")
    command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", DIES_BEFORE_IT_PUBLISHES]
    died = subprocess.run(command, env=child_environment, cwd=REPOSITORY, capture_output=True)
    assert (died.returncode, line_of(order).state) == (-9, "planning")
    until(lambda: line_of(order).state == "production" and not owed(), "the sweeper to notice", patience=30)
    assert set(order.lines.get().handovers.values_list("attempts", flat=True)) == {1}


# --- sweepers ---


def test_two_sweepers_do_everything_once(
    shop: None, child_environment: dict[str, str], tmp_path: Path, overdue: Callable[[], int]
) -> None:
    orders = [place(customer_po=f"PO-{number}") for number in range(4)]
    overdue()
    environment = {**child_environment, "REDIS_URL": "redis://127.0.0.1:1/0"}
    logs = [tmp_path / "one.log", tmp_path / "two.log"]
    sweepers = [start_child(["manage.py", "sweep"], environment, log) for log in logs]
    try:
        until(lambda: overdue() == 0 and built() == len(orders), "both to do the work")
    finally:
        for sweeper in sweepers:
            end_child(sweeper)
    assert set(Handover.objects.values_list("attempts", flat=True)) == {1}
    assert [line_of(order).moves_made for order in orders] == [4] * len(orders)


@pytest.fixture
def overdue() -> Callable[[], int]:
    """Makes what is owed overdue, so that no test waits for the grace period, and counts it."""
    long_ago = timezone.now() - timedelta(hours=1)

    def age() -> int:
        waiting = Handover.objects.filter(done_at=None)
        with transaction.atomic():
            free = waiting.select_for_update(skip_locked=True).values_list("id", flat=True)
            Handover.objects.filter(id__in=list(free)).update(due_at=long_ago)
        return waiting.count()

    return age


def built() -> int:
    """How many jobs were released to the shop floor."""
    return WorkOrder.objects.count()
