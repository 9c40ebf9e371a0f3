"""Six weeks in the life of the demo shop, told through the real services: sixty orders in all states."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Protocol

from django.db import connection, transaction
from django.utils import timezone

from demo.services.masterdata import Login, make_shop
from demo.services.players import Cast, people, play_round
from demo.services.wishes import Wish, place_order, wishes
from kernel import clock
from orders.models import Customer, Handover, Order, OrderLine, Product, Role
from orders.services import cancel_order, decline_quotation, hold_job, run_here
from planning import engine
from planning.services import replan
from procurement.models import PurchaseOrderLine
from procurement.services import confirm_dates

ORDERS = 60
WEEKS = 6
STEPS = (12, 20)
SHORT_ITEM = "GPU-3"
SHORT_ORDERS = 7
SLIP = timedelta(days=9)
# Steps before the end at which a role stops, so that every state has its orders and every desk its work.
RESTING = {"buyers": 3, "inspectors": 3, "packers": 6, "shippers": 9, "carriers": 13}
FAILING = 0.07


class Tell(Protocol):
    """Where progress is told."""

    def __call__(self, text: str) -> None:
        """Say how far it is."""


@dataclass(frozen=True)
class Placing:
    """A wish, the moment it is placed, and what becomes of it."""

    at: datetime
    wish: Wish
    fate: str = "confirm"


def load_demo(*, tell: Tell, seed: int = 7, now: datetime | None = None) -> list[Login]:
    """Fill an empty installation with Northbyte and its story up to `now`; returns the demo logins.

    The same seed and start give the same story. One transaction per act, as in life.
    """
    # New jobs are put in within a transaction: whoever compiles there for long is cut off.
    engine.warm_up()
    end = now or timezone.now()
    with connection.cursor() as cursor:
        # A story that is cut short is told anew, so none of its thousand commits needs to wait for the disk.
        cursor.execute("SET synchronous_commit TO off")
    start = _monday(end - timedelta(weeks=WEEKS))
    with clock.told_at(start), transaction.atomic():
        logins = make_shop(now=start)
    tell("master data of Northbyte Systems")
    product = Product.objects.get(code="NB-W7")
    rng = Random(seed)
    placings = _placings(product, rng, start, end)
    cast = Cast(people=people(), rng=rng, by_plan=True, failing=FAILING)
    moments = list(_moments(start, end))
    for number, moment in enumerate(moments):
        resting = [role for role, steps in RESTING.items() if len(moments) - number <= steps]
        with clock.told_at(moment):
            placings = _live(moment, placings, product, partial(play_round, cast, moment, resting), cast)
        if number % 15 == 0:
            tell(f"story up to {moment:%d %B}, {ORDERS - len(placings)} orders entered")
    _endings(cast, end)
    tell(f"{Order.objects.count()} orders in all states")
    return logins


def _monday(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    return local.replace(hour=7, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())


def _moments(start: datetime, end: datetime) -> Iterator[datetime]:
    day = start
    while day <= end:
        for hour in STEPS:
            if day.weekday() < 5 and (moment := day.replace(hour=hour)) <= end:
                yield moment
        day += timedelta(days=1)
    yield end


def _placings(product: Product, rng: Random, start: datetime, end: datetime) -> list[Placing]:
    """Sixty wishes spread over the weeks; some scripted: the shortage, the fleet order, the lost ones."""
    stream = wishes(product=product, rng=rng, most=40)
    span = (end - start - timedelta(hours=6)).total_seconds()
    placings = [
        Placing(at=start + timedelta(seconds=span * (index + rng.random()) / ORDERS), wish=next(stream))
        for index in range(ORDERS)
    ]
    for index in range(SHORT_ORDERS):
        place = placings[3 + 5 * index]
        placings[3 + 5 * index] = replace(place, wish=_short(place.wish, index))
    placings[30] = replace(placings[30], wish=_fleet(placings[30].wish), fate="hold")
    fates = {10: "decline", 22: "cancel", -6: "quote", -5: "quote", -3: "quote", -2: "draft", -1: "draft"}
    for index, fate in fates.items():
        placings[index] = replace(placings[index], fate=fate)
    return placings


def _short(wish: Wish, index: int) -> Wish:
    """An order that needs the short graphics card; every second one has days to spare."""
    choices = {"CHASSIS": "TWR", "GPU_MODEL": "G3", "GPU_QTY": "1", "PSU_W": "1000"}
    return replace(wish, choices=choices, quantity=1 + index % 2, days=70 if index % 2 else 42)


def _fleet(wish: Wish) -> Wish:
    """Forty identical machines with an image the customer still owes us."""
    choices = {"CHASSIS": "SFF", "OS": "image", "BURNIN_H": "24", "RAM_GB": "64"}
    return replace(wish, choices=choices, quantity=40, days=55)


def _live(
    moment: datetime, placings: list[Placing], product: Product, play: Callable[[], int], cast: Cast
) -> list[Placing]:
    """One stretch of a day: orders come in, the stages take over, the plan is made, people do their work."""
    while placings and placings[0].at <= moment:
        _place(placings[0], product, cast)
        placings = placings[1:]
    drain()
    while play():
        drain()
    replan(reason="Plan of the day")
    return placings


def _place(placing: Placing, product: Product, cast: Cast) -> None:
    upto = placing.fate if placing.fate in ("draft", "quote") else "confirm"
    upto = "quote" if placing.fate == "decline" else upto
    by = cast.people[Role.SALES]
    now = clock.now()
    order = place_order(wish=placing.wish, product=product, by=by, now=now, upto=upto)
    if placing.fate == "decline":
        decline_quotation(order=order, reason="Bought elsewhere, delivery too late", by=by, now=now)
    if placing.fate == "cancel":
        drain()
        order.refresh_from_db()
        cancel_order(order=order, reason="Project stopped by the customer", by=by, now=now)
    if placing.fate == "hold":
        hold_job(line=order.lines.get(), reason="Customer image not received", by=by, now=now)


def _endings(cast: Cast, now: datetime) -> None:
    """The supplier of the short card moves its date, and the plan takes it in."""
    buyer = cast.people[Role.BUYER]
    late = PurchaseOrderLine.objects.filter(
        item__number=SHORT_ITEM, order__status__in=("sent", "partial"), expected_at__isnull=False
    )
    for line in late.select_related("order", "item"):
        if line.expected_at:
            moved = max(line.expected_at, now) + SLIP
            confirm_dates(line=line, expected_at=moved, by=buyer, now=now)
    drain()
    replan(reason="The graphics card slips by nine days")


def drain(limit: int = 100_000) -> int:
    """Do here what workers would do: handle every owed handover; returns how many were taken."""
    taken = 0
    while taken < limit:
        owed = Handover.objects.filter(done_at=None, parked_at=None, line__held_at=None, attempts=0)
        first = owed.order_by("id").values_list("id", "task").first()
        if first is None:
            break
        handover_id, task = first
        run_here(task, handover_id)
        taken += 1
    return taken


def demo_is_loaded() -> bool:
    """True where the installation already holds customers or orders."""
    return Customer.objects.exists() or OrderLine.objects.exists()
