"""Two people, two workers, two requests at the same moment: one wins, nothing happens twice."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, local

import pytest
from django.db import connection

from kernel.errors import Refused
from orders import services
from orders.models import Handover, Move, Order, Snapshot
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
