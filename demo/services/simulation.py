"""A run of the shop: N orders from quotation to delivered, played through the services and real workers."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from random import Random
from typing import TypeVar

from django.db import DatabaseError, InterfaceError, connections
from django.db.models import Count

from demo.services.players import Cast, people, play_round
from demo.services.wishes import Wish, place_order, wishes
from kernel import clock
from orders.lifecycle import LIFECYCLE
from orders.models import Handover, Move, Order, OrderLine, Product, Role, User
from orders.services import confirm_order, send_quotation

IDLE_PAUSE = 0.05
PATIENCE = 90.0
Tell = Callable[[str], None]
Result = TypeVar("Result")


@dataclass
class Report:
    """How the run ended; `reasons` says for every order that did not arrive what it waits for."""

    orders: int
    delivered: int
    needs_attention: int
    seconds: float
    moves: int
    reasons: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, float | int]:
        """The one line other programs read."""
        return {
            "orders": self.orders,
            "delivered": self.delivered,
            "needs_attention": self.needs_attention,
            "seconds": round(self.seconds, 2),
            "moves": self.moves,
            "moves_per_s": round(self.moves / self.seconds, 2) if self.seconds else 0.0,
        }


def insist(act: Callable[[], Result]) -> Result:
    """Do it even if the database goes away in between, as a person would who reloads the page."""
    gives_up = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (DatabaseError, InterfaceError):
            if time.monotonic() > gives_up:
                raise
            connections.close_all()
            time.sleep(0.3)


def _confirm(order: Order, by: User | None) -> None:
    """From wherever the order stands to confirmed."""
    order.refresh_from_db()
    if order.state == "draft":
        order = send_quotation(order=order, by=by, version=None, now=clock.now())
    if order.state == "quoted":
        confirm_order(order=order, by=by, version=None, now=clock.now())


def _reason(line: OrderLine) -> str:
    """What an order that did not arrive waits for."""
    waits = line.work_items.waiting().values_list("role", "reason")
    owed = Handover.objects.filter(line=line, done_at=None).values_list("task", "last_error")
    facts = [f"{role}: {reason}" for role, reason in waits] + [
        f"{task} {error}".strip() for task, error in owed
    ]
    label = LIFECYCLE.states[line.state].label
    return f"{line.order.reference} line {line.position} is in {label}: {'; '.join(facts) or 'nothing waits'}"


class Simulation:
    """Plays every role of the shop for its own orders until all are delivered or nothing moves any more."""

    def __init__(self, *, count: int, seed: int, failing: float, speed: float, tell: Tell) -> None:
        self.tell = tell
        self.rng = Random(seed)
        self.product = Product.objects.get(code="NB-W7")
        self.run = f"{clock.now():%H%M%S}"
        self.wanted = list(islice(wishes(product=self.product, rng=self.rng), count))
        self.order_ids: set[int] = set()
        self.cast = Cast(
            people=people(), rng=self.rng, failing=failing, order_ids=self.order_ids, speed=speed
        )

    def play(self) -> Report:
        """Place all orders, then go round the shop until they are delivered."""
        began = time.monotonic()
        for number, wish in enumerate(self.wanted):
            insist(partial(self._place, number, wish))
            insist(self._round)
        self._until_delivered()
        return insist(lambda: self._report(time.monotonic() - began))

    def _place(self, number: int, wish: Wish) -> None:
        """Enter one order, or bring one that a fault left half way to its confirmation."""
        by = self.cast.people.get(Role.SALES)
        customer_po = f"SIM-{self.run}-{number:05d}"
        found = Order.objects.filter(customer_po=customer_po).first()
        if found is None:
            named = replace(wish, customer_po=customer_po)
            found = place_order(wish=named, product=self.product, by=by, now=clock.now(), upto="draft")
        self.order_ids.add(found.id)
        _confirm(found, by)

    def _round(self) -> int:
        return play_round(self.cast, clock.now())

    def _until_delivered(self) -> None:
        """Rounds until nothing is open; gives up where nothing moved for PATIENCE seconds."""
        moved = time.monotonic()
        seen: object = None
        while insist(self._open) and time.monotonic() - moved < PATIENCE:
            acts = insist(self._round)
            state = insist(self._standing)
            if state != seen:
                self.tell(", ".join(f"{count} in {LIFECYCLE.states[code].label}" for code, count in state))
            if acts or state != seen:
                moved, seen = time.monotonic(), state
            if not acts:
                time.sleep(IDLE_PAUSE)

    def _open(self) -> int:
        return OrderLine.objects.filter(order_id__in=self.order_ids).open().count()

    def _standing(self) -> list[tuple[str, int]]:
        found = OrderLine.objects.filter(order_id__in=self.order_ids).values_list("state")
        return list(found.annotate(Count("id")).order_by("state"))

    def _report(self, seconds: float) -> Report:
        found = OrderLine.objects.filter(order_id__in=self.order_ids).select_related("order")
        lines = list(found.order_by("id"))
        delivered = [line for line in lines if line.state in ("delivered", "closed")]
        parked = Handover.objects.filter(line__order_id__in=self.order_ids).exclude(parked_at=None)
        return Report(
            orders=len(self.wanted),
            delivered=len(delivered),
            needs_attention=parked.filter(done_at=None).values("line").distinct().count(),
            seconds=seconds,
            moves=Move.objects.filter(line__order_id__in=self.order_ids).count(),
            reasons=[_reason(line) for line in lines if line not in delivered],
        )
