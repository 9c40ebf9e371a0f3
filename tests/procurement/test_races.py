"""Acts of procurement at the same moment."""

from collections.abc import Callable
from decimal import Decimal
from random import Random

import pytest
from django.db import transaction

from kernel.errors import Refused
from orders.models import Move, OrderLine
from orders.services import advance, lock_jobs
from procurement import services
from procurement.models import Lot, Peg, PurchaseOrder, PurchaseOrderLine, Reservation
from tests.planning.test_races import at_once
from tests.procurement.conftest import NOW, Store, build_store
from tests.procurement.invariants import check_invariants

ROUNDS = 5
ACTS = 8
WORKERS = 4


@pytest.fixture
def open_store(transactional_db: None) -> Store:
    """Two items in packs of ten, committed, so that threads see them."""
    return build_store(pack="10")


def sourcing(store: Store, *lines: OrderLine) -> Callable[[], None]:
    """Source these jobs as a worker does: under their locks."""
    moves = store.moves(*lines)

    def work() -> None:
        with transaction.atomic():
            locked = lock_jobs([line.id for line in lines])
            for move in moves:
                move.line = locked[move.line_id]
            services.source_jobs(moves=moves, now=NOW)

    return work


def receiving(store: Store, line: PurchaseOrderLine, quantity: int, lot: str) -> Callable[[], object]:
    receipts = [services.Receipt(line, Decimal(quantity), lot)]
    return lambda: services.receive(purchase_order=line.order, receipts=receipts, by=store.buyer, now=NOW)


def cancelling(store: Store, line: OrderLine) -> Callable[[], None]:
    def work() -> None:
        with transaction.atomic():
            locked = lock_jobs([line.id])[line.id]
            move = advance(
                line=locked, event="cancel", key="cancel", reason="Withdrawn", by=store.buyer, now=NOW
            )
            services.withdraw_jobs(moves=list(Move.objects.filter(id=move.id).select_related("line__order")))

    return work


def test_two_workers_reserving_the_last_piece_get_it_once(open_store: Store) -> None:
    for number in range(ROUNDS):
        open_store.stock("1", number=f"L{number}")
        first, second = open_store.job("1"), open_store.job("1")
        assert at_once(sourcing(open_store, first), sourcing(open_store, second)) == []
        lot = Lot.objects.get(number=f"L{number}")
        assert (lot.on_hand, lot.reserved) == (1, 1)
        winner = Reservation.objects.get(lot=lot).requirement.line_id
        assert winner in (first.id, second.id)
        assert Peg.objects.filter(requirement__line__in=[first.id, second.id]).count() == 1
    check_invariants()


def test_two_receipts_of_the_same_goods_book_them_once(open_store: Store) -> None:
    for number in range(ROUNDS):
        order = open_store.sent(open_store.job("10"))
        line = order.lines.get()
        acts = [receiving(open_store, line, 10, f"L{number}-{index}") for index in (1, 2)]
        raised = at_once(*acts)
        assert [type(error) for error in raised] == [Refused] or "nothing is to come" in str(raised[0])
        assert len(raised) == 1
        line.refresh_from_db()
        assert line.received == 10
    check_invariants()


def test_workers_that_open_the_same_draft_share_it(open_store: Store) -> None:
    lines = [open_store.job("3", "3") for _ in range(WORKERS)]
    assert at_once(*[sourcing(open_store, line) for line in lines]) == []
    assert PurchaseOrder.objects.count() == 1
    assert list(PurchaseOrderLine.objects.values_list("quantity", "pegged")) == [(20, 12), (20, 12)]
    check_invariants()


def test_a_draft_that_grows_while_it_is_sent_loses_nobody(transactional_db: None) -> None:
    open_store = build_store()
    for _ in range(ROUNDS):
        open_store.source(open_store.job("3"))
        draft, late = PurchaseOrder.objects.get(status="draft"), open_store.job("9")
        send = lambda: services.send_purchase_order(purchase_order=draft, by=None, now=NOW)  # noqa: B023, E731
        assert at_once(send, sourcing(open_store, late)) == []
        assert Peg.objects.get(requirement__line=late, purchase_line__order__status__in=["draft", "sent"])
        for order in PurchaseOrder.objects.filter(status="draft"):
            services.send_purchase_order(purchase_order=order, by=None, now=NOW)
    check_invariants()


def test_the_same_material_is_issued_once(open_store: Store) -> None:
    open_store.stock("10")
    line = open_store.job("4")
    open_store.source(line)
    operation = line.operations.order_by("sequence")[0]
    raised = at_once(*[lambda: services.issue_material(operation=operation, by=None)] * 3)
    assert len(raised) == 2
    assert Lot.objects.get().on_hand == 6
    check_invariants()


@pytest.mark.parametrize("seed", range(3))
def test_a_storm_of_acts_leaves_everything_in_step(open_store: Store, seed: int) -> None:
    random = Random(seed)
    open_store.stock("30", "30")
    for turn in range(ACTS):
        acts = [sourcing(open_store, open_store.job(str(random.randint(1, 9)), "2")) for _ in range(2)]
        acts.append(_something(open_store, random, turn))
        acts.append(_something(open_store, random, turn + 100))
        for error in at_once(*acts):
            assert isinstance(error, Refused), repr(error)
    check_invariants()


def _something(store: Store, random: Random, turn: int) -> Callable[[], object]:
    """An act of a buyer, of the floor or of a customer on whatever there is."""
    coming = list(
        PurchaseOrderLine.objects.filter(order__status__in=["sent", "partial"]).select_related("order")
    )
    drafts = list(PurchaseOrder.objects.filter(status="draft"))
    jobs = list(OrderLine.objects.filter(state__in=["procurement", "production"]))
    choice = random.choice(["send", "receive", "receive", "cancel", "issue"])
    if choice == "send" and drafts:
        return lambda: services.send_purchase_order(purchase_order=drafts[0], by=store.buyer, now=NOW)
    if choice == "receive" and coming:
        return receiving(store, random.choice(coming), random.randint(1, 9), f"T{turn % 7}")
    if choice == "cancel" and jobs:
        return cancelling(store, random.choice(jobs))
    if choice == "issue" and jobs:
        operation = random.choice(jobs).operations.order_by("sequence")[0]
        return lambda: services.issue_material(operation=operation, by=store.buyer, now=NOW)
    return sourcing(store, store.job("1"))
