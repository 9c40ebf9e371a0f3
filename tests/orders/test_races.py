"""Two people, two workers, two requests at the same moment: one wins, nothing happens twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, local

import pytest
from django.db import connection

from kernel.errors import Refused
from orders import services
from orders.models import Handover, Move, Order, Product, Snapshot
from orders.services import Answer
from tests.orders import cast

pytestmark = pytest.mark.django_db(transaction=True)

RACERS = 6
START = Barrier(RACERS)


def race(act: Callable[[], object]) -> list[object]:
    """What came of it for each of the racers: a result or the refusal."""

    def run(_: int) -> object:
        START.wait()
        try:
            return act()
        except Refused as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(RACERS) as pool:
        return list(pool.map(run, range(RACERS)))


def test_an_order_confirmed_by_several_people_has_one_number_and_one_move() -> None:
    order = cast.quoted()
    results = race(lambda: services.confirm_order(order=order, by=None, version=order.version, now=cast.NOW))
    assert sum(isinstance(result, Order) for result in results) == 1
    assert Move.objects.filter(event="confirm").count() == Snapshot.objects.count() == 1
    assert {result.status for result in results if isinstance(result, Refused)} == {409}


def test_a_submission_that_arrives_several_times_at_once_is_carried_out_once() -> None:
    customer, product = cast.customer(), cast.published_desk()

    def act() -> Answer:
        lines = [services.LineInput(product, 1)]
        order = services.create_quotation(customer=customer, lines=lines, by=None, now=cast.NOW)
        return Answer(201, order.quotation_number)

    answers = race(lambda: services.once(scope="api", key="k", fingerprint="f", act=act))
    assert Order.objects.count() == 1
    assert {answer.body for answer in answers} == {Order.objects.get().quotation_number}
    assert sum(answer.replayed for answer in answers) == RACERS - 1


def test_a_handover_woken_several_times_at_once_is_done_once() -> None:
    cast.confirmed()
    owed = Handover.objects.get()
    done = local()

    def handle() -> int:
        with services.handling(owed.pk) as moves:
            done.count = len(moves)
            services.advance_all(keys={move.line_id: f"{move.id}:planned" for move in moves}, event="planned")
        return int(done.count)

    assert sum(race(handle)) == 1
    assert Move.objects.filter(event="planned").count() == 1


def test_numbers_are_unique_however_many_ask_at_once() -> None:
    customer, product = cast.customer(), cast.published_desk()
    lines = [services.LineInput(product, 1)]
    made = race(lambda: services.create_quotation(customer=customer, lines=lines, by=None, now=cast.NOW))
    assert len({order.quotation_number for order in made}) == RACERS


def test_cancel_and_advance_at_once_leave_a_cancelled_or_a_moved_job_never_a_mixture() -> None:
    line = cast.confirmed().lines.get()
    turns = iter(["planned", "cancel"] * (RACERS // 2))

    def act() -> object:
        event = next(turns)
        return services.advance(line=line, event=event, key=event, reason="r")

    race(act)
    line.refresh_from_db()
    assert line.state == "cancelled"
    assert [move.number for move in line.moves.all()] == list(range(1, line.moves_made + 1))


def test_a_quotation_accepted_several_times_at_once_is_one_order_for_all() -> None:
    sent = cast.quoted().revisions.get()
    wanted = services.Acceptance("Lena Brandt", sent.sha256)
    orders = race(lambda: services.accept_quotation(revision=sent, acceptance=wanted, by=None, now=cast.NOW))
    assert {getattr(order, "number", order) for order in orders} == {Order.objects.get().number}
    assert Snapshot.objects.count() == 1


def test_of_two_alternatives_accepted_at_once_one_wins() -> None:
    order = cast.quoted()
    services.revise_quotation(order=order, by=None, now=cast.NOW)
    services.send_quotation(order=order, by=None, beside=True, now=cast.NOW)
    turns = iter([*order.revisions.all()] * (RACERS // 2))

    def act() -> object:
        sent = next(turns)
        wanted = services.Acceptance("Lena Brandt", sent.sha256)
        return services.accept_quotation(revision=sent, acceptance=wanted, by=None, now=cast.NOW)

    refused = [result for result in race(act) if isinstance(result, Refused)]
    assert sorted(order.revisions.values_list("status", flat=True)) == ["accepted", "superseded"]
    assert {error.status for error in refused} == {409}
    assert len(refused) == RACERS // 2


def test_accepting_at_the_moment_of_expiry_is_an_order_or_expired_never_both() -> None:
    sent = cast.quoted().revisions.get()
    wanted = services.Acceptance("Lena Brandt", sent.sha256)
    turns = iter([True, False] * (RACERS // 2))

    def act() -> object:
        if next(turns):
            return services.accept_quotation(revision=sent, acceptance=wanted, by=None, now=cast.NOW)
        return services.expire_quotations(now=cast.NOW + timedelta(days=31))

    race(act)
    sent.refresh_from_db()
    order = Order.objects.get()
    assert (sent.status, order.state, order.number is None) in [
        ("accepted", "planning", False),
        ("expired", "expired", True),
    ]


def test_a_product_published_by_several_people_at_once_is_published_once() -> None:
    product = cast.desk()
    results = race(lambda: services.publish_product(product=product, now=cast.NOW))
    assert sum(isinstance(result, Product) for result in results) == 1
    assert {result.status for result in results if isinstance(result, Refused)} <= {409, 422}
    assert list(product.revisions.values_list("number", "status")) == [(1, "published")]
