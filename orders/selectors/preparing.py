"""The answers of products in force made ready before the first visitor asks: a large one takes seconds."""

import logging
from collections.abc import Callable
from typing import Final

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max
from django.db.models.functions import Length

from kernel.errors import Refused
from orders.engine.structure import warm_up
from orders.models import OrderLine, Product, ProductRevision
from orders.selectors.deciders import decider_by_id

MOST: Final = 32
"""Half of what a process keeps: there is room for what visitors open besides."""
LARGEST: Final = 4_000_000
"""Bytes of stored solvers, ten times that of a car line with 18,616 features."""
EVERY_S: Final = 30.0

logger = logging.getLogger(__name__)


def keep_prepared(wait: Callable[[float], bool]) -> None:
    """Prepare what is in force now and what is published later, until `wait` (seconds) says to stop.

    First of all the compiled code of BOMs, which any product with assemblies needs.
    """
    warm_up()
    done: frozenset[int] = frozenset()
    while not wait(0):
        close_old_connections()
        try:
            done = prepare(done, wait)
        except DatabaseError as error:
            logger.warning("products are not prepared now: %s", error)
        finally:
            connection.close()
        if wait(EVERY_S):
            return


def prepare(done: frozenset[int], wait: Callable[[float], bool]) -> frozenset[int]:
    """Make ready what is wanted and not yet `done`; returns what is done, not what was superseded since."""
    wanted = wanted_revisions()
    for revision in wanted:
        if revision in done:
            continue
        if wait(0):
            break
        try:
            decider_by_id(revision)
        except (Refused, ProductRevision.DoesNotExist) as error:
            logger.warning("revision %s is not prepared: %s", revision, error)
    return frozenset(wanted)


def wanted_revisions() -> list[int]:
    """The revisions in force, those of the products ordered last first, within the limits; two statements."""
    published = Product.objects.filter(in_force__isnull=False)
    sizes = dict(published.values_list("in_force", Length("in_force__solver")))
    ordered = OrderLine.objects.values("product__in_force").annotate(last=Max("id")).order_by("-last")
    recent = ordered.values_list("product__in_force", flat=True)[:MOST]
    wanted: list[int] = []
    room = LARGEST
    for revision in dict.fromkeys([*recent, *sorted(sizes, reverse=True)]):
        room -= sizes.get(revision) or 0
        if revision in sizes and room >= 0 and len(wanted) < MOST:
            wanted.append(revision)
    return wanted
