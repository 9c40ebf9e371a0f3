"""The people of the measured shop: one process of benchmarks.flow."""

import argparse
import json
import sys
import time
from collections import deque
from random import Random

from celery import current_app

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.shop import make_shop
from demo.services.players import Cast, people, play_round
from kernel import clock
from orders.models import Customer, Order, OrderLine, Product, User
from orders.services import Header, LineInput, confirm_order, create_quotation, send_quotation

IN_FLIGHT = 60
AT_ONCE = 10


def main() -> None:
    """Make the shop, or play a share of the orders."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--make", action="store_true")
    parser.add_argument("--orders", type=int, default=0)
    parser.add_argument("--share", type=int, default=0)
    parser.add_argument("--entry-only", action="store_true")
    parser.add_argument("--rounds", type=int, default=0, help="stop half way, after so many rounds")
    options = parser.parse_args()
    if options.make:
        make_shop()
        return
    driver = Driver(options.orders, options.share)
    connect_to_broker()
    print("ready", flush=True)
    sys.stdin.readline()
    began, cpu = time.perf_counter(), time.process_time()
    if options.entry_only:
        driver.enter_all()
    else:
        driver.play(options.rounds)
    print(json.dumps({"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}))


def connect_to_broker() -> None:
    """The web processes this stands for have published before: importing the transport is no order's cost."""
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1)


class Driver:
    """Enters orders and plays every role for them until all are delivered."""

    def __init__(self, orders: int, share: int) -> None:
        self.product = Product.objects.get(code="MEASURED")
        self.customers = list(Customer.objects.prefetch_related("addresses"))
        self.rng = Random(share)
        self.left = orders
        self.open: deque[int] = deque()
        self.cast = Cast(people=people(), rng=self.rng, order_ids=self.open)

    def enter_all(self) -> None:
        """Only enter the orders, as fast as sales can."""
        for _ in range(self.left):
            self._enter()

    def play(self, rounds: int = 0) -> None:
        """Keep a bounded number of orders in flight until none is left, or for so many rounds."""
        made = 0
        while (self.left or self.open) and not (rounds and made >= rounds):
            made += 1
            room = min(self.left, AT_ONCE, IN_FLIGHT - len(self.open))
            for _ in range(room):
                self.open.append(self._enter())
            self.left -= room
            if not play_round(self.cast, clock.now()):
                time.sleep(0.01)
            self._drop_delivered()

    def _enter(self) -> int:
        customer = self.rng.choice(self.customers)
        by: User | None = self.cast.people.get("sales")
        choices = {
            "COLOUR": self.rng.choice(["RED", "BLUE", "GREEN"]),
            "LENGTH": str(self.rng.randint(50, 400)),
        }
        order = create_quotation(
            customer=customer,
            lines=[LineInput(product=self.product, quantity=1, choices=choices)],
            by=by,
            header=Header(customer_po="PO", ship_to=customer.addresses.all()[0]),
        )
        order = send_quotation(order=order, by=by)
        confirm_order(order=order, by=by)
        return order.id

    def _drop_delivered(self) -> None:
        done = set(
            Order.objects.filter(id__in=self.open, state="delivered").values_list("id", flat=True)
            if self.open
            else OrderLine.objects.none().values_list("id", flat=True)
        )
        for order_id in done:
            self.open.remove(order_id)


if __name__ == "__main__":
    main()
