"""Running orders: hold, resume, cancel, promise anew, close."""

from datetime import date, timedelta

import pytest

from kernel.errors import Conflict, Refused
from kernel.machine import IllegalMove
from orders import services
from orders.lifecycle import WITHDRAW
from orders.models import DateChange, Handover, Move, Order, OrderLine
from orders.services import LineInput
from tests.orders import cast

pytestmark = pytest.mark.django_db


def delivered() -> Order:
    """An order whose job arrived."""
    order = cast.confirmed()
    OrderLine.objects.filter(order=order).update(state="delivered", delivered_at=cast.NOW)
    Order.objects.filter(pk=order.pk).update(state="delivered")
    order.refresh_from_db()
    return order


def test_a_hold_has_reason_and_owner_and_the_customer_reads_of_it() -> None:
    line, seller = cast.confirmed().lines.get(), cast.seller()
    services.hold_job(line=line, reason="Drawing missing", by=seller, now=cast.NOW)
    line.refresh_from_db()
    assert (line.held, line.hold_reason, line.held_by, line.state) == (
        True,
        "Drawing missing",
        seller,
        "planning",
    )
    assert line.milestones.last().text == "Your order is paused"


def test_a_held_job_does_not_move() -> None:
    line = cast.confirmed().lines.get()
    services.hold_job(line=line, reason="Drawing missing", by=None)
    with pytest.raises(Conflict, match=r"on hold: Drawing missing\. Resume it first"):
        services.advance(line=line, event="planned", key="planned:1")


def test_nobody_takes_over_a_held_job_until_it_is_resumed() -> None:
    line = cast.confirmed().lines.get()
    owed = Handover.objects.get()
    services.hold_job(line=line, reason="Drawing missing", by=None)
    with services.handling(owed.pk) as moves:
        assert moves == []
    services.resume_job(line=line, by=None)
    with services.handling(owed.pk) as moves:
        assert [move.line for move in moves] == [line]


def test_a_job_is_held_once() -> None:
    line = cast.confirmed().lines.get()
    services.hold_job(line=line, reason="Drawing missing", by=None, key="a")
    again = services.hold_job(line=line, reason="Drawing missing", by=None, key="a")
    assert Move.objects.filter(event="hold").get() == again
    with pytest.raises(Conflict, match="is on hold already"):
        services.hold_job(line=line, reason="Other", by=None, key="b")


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201])
def test_a_hold_needs_a_reason_that_fits(reason: str) -> None:
    line = cast.confirmed().lines.get()
    with pytest.raises(Refused) as caught:
        services.hold_job(line=line, reason=reason, by=None)
    assert caught.value.field == "reason"


def test_a_job_that_is_not_held_cannot_be_resumed() -> None:
    with pytest.raises(Conflict, match="is not on hold"):
        services.resume_job(line=cast.confirmed().lines.get(), by=None)


def test_a_quotation_cannot_be_held() -> None:
    with pytest.raises(IllegalMove):
        services.hold_job(line=cast.quoted().lines.get(), reason="Wait", by=None)


def test_cancelling_asks_every_stage_to_withdraw() -> None:
    order = services.cancel_order(order=cast.confirmed(), reason="Project stopped", by=None)
    assert order.state == "cancelled"
    assert set(Handover.objects.filter(move__event="cancel").values_list("task", flat=True)) == set(WITHDRAW)


def test_cancelling_ends_the_hold_so_that_the_stages_can_withdraw() -> None:
    order = cast.confirmed()
    services.hold_job(line=order.lines.get(), reason="Drawing missing", by=None)
    services.cancel_order(order=order, reason="Project stopped", by=None)
    owed = Handover.objects.get(task=WITHDRAW[0])
    with services.handling(owed.pk) as moves:
        assert len(moves) == 1


def test_cancelling_needs_a_reason() -> None:
    with pytest.raises(Refused, match="a reason is needed"):
        services.cancel_order(order=cast.confirmed(), reason="", by=None)


def test_a_cancelled_quotation_leaves_the_sales_list() -> None:
    order = services.cancel_order(order=cast.quoted(), reason="Entered twice", by=None)
    assert not order.work_items.waiting().exists()
    assert not Handover.objects.exists()


def test_one_job_is_cancelled_and_the_others_go_on() -> None:
    product = cast.published_desk()
    order = cast.confirmed(LineInput(product, 1), LineInput(product, 2))
    first = order.lines.first()
    services.cancel_job(line=first, reason="Not needed", by=None, version=order.version)
    order.refresh_from_db()
    assert [line.state for line in order.lines.all()] == ["cancelled", "planning"]
    assert order.state == "planning"


def test_a_quotation_stays_on_the_sales_list_until_its_last_line_is_cancelled() -> None:
    product = cast.published_desk()
    order = cast.quoted(LineInput(product, 1), LineInput(product, 2))
    listed = []
    for line in order.lines.all():
        services.cancel_job(line=line, reason="Not needed", by=None)
        listed.append(order.work_items.waiting().exists())
    assert listed == [True, False]


def test_what_was_delivered_cannot_be_cancelled() -> None:
    with pytest.raises(IllegalMove, match="“cancel” is not possible in state “Delivered”"):
        services.cancel_order(order=delivered(), reason="Too late", by=None)


def test_a_new_promise_keeps_the_old_one_in_the_history() -> None:
    order, seller = cast.confirmed(), cast.seller()
    before = order.lines.get().promised_at
    services.promise_anew(
        order=order,
        promised=date(2026, 12, 18),
        reason="Cards late",
        by=seller,
        version=order.version,
        now=cast.NOW,
    )
    change = DateChange.objects.last()
    assert (change.previous, change.value.day, change.reason, change.by) == (before, 18, "Cards late", seller)
    assert order.milestones.last().text == "New delivery date: 18 December 2026"


@pytest.mark.parametrize(
    ("promised", "reason", "field"),
    [(date(2026, 11, 1), "Late", "promised"), (date(2026, 12, 18), "", "reason")],
)
def test_a_new_promise_lies_ahead_and_has_a_reason(promised: date, reason: str, field: str) -> None:
    with pytest.raises(Refused) as caught:
        services.promise_anew(order=cast.confirmed(), promised=promised, reason=reason, by=None, now=cast.NOW)
    assert caught.value.field == field


def test_a_quotation_has_nothing_to_promise_anew() -> None:
    later = cast.NOW + timedelta(days=9)
    with pytest.raises(Conflict, match="no open line"):
        services.promise_anew(order=cast.quoted(), promised=later, reason="Late", by=None, now=cast.NOW)


def test_a_delivered_order_is_closed() -> None:
    assert services.close_order(order=delivered(), by=None).state == "closed"


def test_an_order_under_way_cannot_be_closed() -> None:
    with pytest.raises(Conflict, match=r"cannot be closed: line 10 \(Planning\)"):
        services.close_order(order=cast.confirmed(), by=None)
