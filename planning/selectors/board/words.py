"""What the rows of a sheet are called."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from kernel.bases import fetch
from kernel.jit import Table
from planning.selectors.board.sheet import HELD

NAMES: Final = """
    SELECT json_build_object(
        'lines', (SELECT json_agg(json_build_array(
            coalesce(parent.number, parent.quotation_number), line.position, customer.name, product.name
        ) ORDER BY line.id)
            FROM orders_orderline AS line JOIN orders_order AS parent ON parent.id = line.order_id
            JOIN orders_customer AS customer ON customer.id = parent.customer_id
            JOIN orders_product AS product ON product.id = line.product_id
            WHERE line.id = ANY(%(lines)s)),
        'operations', (SELECT json_object_agg(id, name) FROM planning_operation
            WHERE id = ANY(%(operations)s)),
        'held', (SELECT json_object_agg(id, name) FROM planning_heldslot WHERE id = ANY(%(held)s)),
        'after', (SELECT json_object_agg(id, after) FROM planning_operation WHERE id = ANY(%(graph)s))
    )
"""


@dataclass(frozen=True)
class Words:
    """What the rows of a sheet are called: `names` by their digests, `lines` by id.

    `lines` are reference, position, customer and product; `after` the sequences an operation follows, where
    it names any.
    """

    names: dict[int, str]
    lines: dict[int, tuple[str, int, str, str]]
    after: dict[int, list[int]]


def names_of(rows: Table) -> Words:
    """The words behind the numbers: each name is read once. One statement."""
    digests, first = np.unique(rows["name"], return_index=True)
    held = rows["status"][first] == HELD
    lines, ids = np.unique(rows["line"]).tolist(), rows["id"]
    values = {
        "lines": lines,
        "operations": ids[first[~held]].tolist(),
        "held": ids[first[held]].tolist(),
        "graph": ids[rows["graph"] == 1].tolist(),
    }
    (found,) = fetch(NAMES, values)[0]
    known = {False: found["operations"] or {}, True: found["held"] or {}}
    samples = zip(digests.tolist(), held.tolist(), ids[first].tolist(), strict=True)
    return Words(
        {digest: known[kind].get(str(number), "") for digest, kind, number in samples},
        dict(zip(lines, map(tuple, found["lines"] or []), strict=False)),
        {int(number): after for number, after in (found["after"] or {}).items()},
    )
