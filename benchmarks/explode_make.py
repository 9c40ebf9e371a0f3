"""The bill of materials of benchmarks.explode: a random graph without loops, copied into the database."""

import argparse
from decimal import Decimal
from io import StringIO

import numpy as np
from django.db import connection

import benchmarks.ready  # noqa: F401 - Django first
from orders.models import Product, ProductRevision

OPTIONS = 400
FORMULAS = 20
PARTS_PER_LINE = 0.4
NULL = "\\N"

ITEMS = (
    "COPY orders_item (id, number, description, unit, revision, standard_cost, mass_kg, "
    "created_at) FROM STDIN"
)
LINES = (
    "COPY orders_bomline (revision_id, find_number, assembly_id, item_id, condition, quantity, "
    "scrap_percent, phantom, customer_supplied, operation, place, alternates, valid_from, valid_to) "
    "FROM STDIN"
)


def main() -> None:
    """Make it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--lines", type=int, required=True)
    parser.add_argument("--depth", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    assembly, item = graph(options.lines, options.depth, rng)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.copy_expert(ITEMS, items(int(item.max()), rng))
        cursor.copy_expert(LINES, lines(revision().pk, assembly, item, rng))
        cursor.execute("VACUUM ANALYZE")


def graph(count: int, depth: int, rng: np.random.Generator) -> "tuple[np.ndarray, np.ndarray]":
    """Assembly and item per line, shuffled; parts stand in equal layers, 0 is the product.

    Every part hangs below one of the layer above, so that the depth is reached; the other lines join any two
    layers.
    """
    parts = int(count * PARTS_PER_LINE)
    first = 1 + parts * np.arange(depth + 1) // depth
    layer = np.searchsorted(first, np.arange(1, parts + 1), side="right") - 1
    item = np.arange(1, parts + 1)
    start = np.where(layer == 0, 0, first[layer - 1])
    size = np.where(layer == 0, 1, first[layer] - start)
    assembly = start + (rng.random(parts) * size).astype(np.int64)
    more = rng.integers(int(first[1]), parts + 1, count - parts)
    over = (rng.random(more.size) * (first[layer[more - 1]] - 1)).astype(np.int64) + 1
    order = rng.permutation(count)
    return np.concatenate((assembly, over))[order], np.concatenate((item, more))[order]


def revision() -> ProductRevision:
    """The draft that has the lines."""
    product = Product.objects.create(code="LARGE", name="Large", base_price=Decimal(1))
    return ProductRevision.objects.create(product=product, number=1, model={})


def items(parts: int, rng: np.random.Generator) -> StringIO:
    """All items, as COPY takes them."""
    costs = np.round(rng.random(parts) * 50, 4).tolist()
    rows = (
        f"{part}\tP-{part:07}\tPart {part}\tpcs\t\t{cost}\t0\t2026-01-01\n"
        for part, cost in enumerate(costs, start=1)
    )
    return StringIO("".join(rows))


def lines(revision_id: int, assembly: np.ndarray, item: np.ndarray, rng: np.random.Generator) -> StringIO:
    """All lines, as COPY takes them."""
    option = rng.integers(0, 2 * OPTIONS, item.size).tolist()
    quantity = rng.integers(1, 5, item.size).tolist()
    kind = rng.integers(0, 100, item.size).tolist()
    rows = (
        f"{revision_id}\t{number}\t{above or NULL}\t{below}\t{condition(chosen)}\t{amount(taken, what)}\t"
        f"{5 * (what >= 90)}\t{what % 50 == 7}\tf\t0\t\t[]\t{'2026-07-01' if what == 3 else NULL}\t{NULL}\n"
        for number, (above, below, chosen, taken, what) in enumerate(
            zip(assembly.tolist(), item.tolist(), option, quantity, kind, strict=True), start=1
        )
    )
    return StringIO("".join(rows))


def condition(chosen: int) -> str:
    """Half of the lines depend on one of the options."""
    return f"OPT{chosen:03}" if chosen < OPTIONS else ""


def amount(taken: int, what: int) -> str:
    """Every twentieth quantity follows the width."""
    return f"{taken} + ceil(WIDTH / {100 * (1 + what)})" if what < 5 else str(taken)


if __name__ == "__main__":
    main()
