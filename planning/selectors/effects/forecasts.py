"""When jobs reach their customers by a plan of an order book."""

import numpy as np
from django.conf import settings

from kernel.jit import IntArray, Table
from planning import engine
from planning.engine import NEVER
from planning.selectors.order_book.ledger import Ledger


def forecast_minutes(book: Ledger, slots: Table) -> IntArray:
    """Per job of the order book its last end and the delivery's working days, NEVER without a place for all.

    `slots` are SLOT rows of the operations of its problem.
    """
    finish = engine.finishes(book.problem, slots)[: len(book.line_ids)]
    days = settings.MTO_DELIVERY_DAYS
    return np.where(finish == NEVER, NEVER, book.resources.days_after(np.maximum(finish, 0), days))
