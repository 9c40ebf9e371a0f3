"""The sourcing engine: examples, and properties over random shops."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from procurement.engine.sourcing import (
    Demand,
    FreeLot,
    OpenLine,
    Sourcing,
    Terms,
    cover,
    fill,
    ordered_quantity,
)

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
ZERO = Decimal(0)
WEEK = Terms(1, 1, "EUR", Decimal(2), timedelta(days=7), Decimal(10))


def day(number: int) -> datetime:
    return NOW + timedelta(days=number)


def demand(requirement: int, quantity: int, need_in: int | None = 10, item: int = 1) -> Demand:
    return Demand(requirement, item, Decimal(quantity), None if need_in is None else day(need_in))


def run(
    demands: list[Demand], lots: list[FreeLot] = (), lines: list[OpenLine] = (), terms: Terms = WEEK
) -> Sourcing:  # type: ignore[assignment]
    return cover(demands=demands, lots=lots, lines=lines, terms={terms.item: terms}, now=NOW)


def test_the_oldest_lot_is_taken_first() -> None:
    lots = [FreeLot(2, 1, Decimal(5), day(-1)), FreeLot(1, 1, Decimal(5), day(-2))]
    shares = run([demand(1, 7)], lots).reservations
    assert [(share.source, share.quantity) for share in shares] == [(1, 5), (2, 2)]


def test_the_earliest_need_is_served_first() -> None:
    found = run([demand(1, 5, 20), demand(2, 5, 3)], [FreeLot(1, 1, Decimal(5), NOW)])
    assert [share.requirement for share in found.reservations] == [2]
    assert [each.requirement for each in found.purchases[0].demands] == [1]


def test_a_need_without_a_date_comes_last() -> None:
    found = run([demand(1, 5, None), demand(2, 5, 300)], [FreeLot(1, 1, Decimal(5), NOW)])
    assert [share.requirement for share in found.reservations] == [2]


def test_a_line_that_comes_too_late_is_used_if_a_new_order_would_be_no_faster() -> None:
    lines = [OpenLine(1, 1, Decimal(5), day(6)), OpenLine(2, 1, Decimal(5), day(8))]
    found = run([demand(1, 10, 2)], lines=lines)
    assert [(share.source, share.quantity) for share in found.incoming] == [(1, 5)]
    assert found.purchases[0].quantity == 5


def test_an_item_without_terms_is_unsourced() -> None:
    assert [each.item for each in run([demand(1, 5, item=7)]).unsourced] == [7]


def test_the_order_date_is_the_earliest_need_minus_the_lead_time() -> None:
    assert run([demand(1, 5, 30), demand(2, 5, 20)]).purchases[0].order_by == day(13)


def test_packs_are_rounded_up_and_a_sufficient_order_stays() -> None:
    ten = Decimal(10)
    assert ordered_quantity(pegged=Decimal(11), ordered=ten, pack_size=ten) == 20
    assert ordered_quantity(pegged=Decimal(9), ordered=ten, pack_size=ten) == 10


def test_what_came_in_fills_the_pegs_in_order() -> None:
    assert fill([(1, Decimal(3)), (2, Decimal(4))], Decimal(5)) == ([(1, 3), (2, 2)], 0)
    assert fill([(1, Decimal(3))], Decimal(5)) == ([(1, 3)], 2)


amounts = st.integers(1, 30).map(Decimal)
item_numbers = st.integers(1, 3)
demands_of = st.lists(st.tuples(item_numbers, amounts, st.none() | st.integers(-5, 40)), max_size=12)
sources_of = st.lists(st.tuples(item_numbers, amounts, st.integers(-5, 20)), max_size=8)
shops = st.tuples(demands_of, sources_of, sources_of)


def shop(data: tuple[list, list, list]) -> tuple[list[Demand], list[FreeLot], list[OpenLine]]:  # type: ignore[type-arg]
    needs, lots, lines = data
    return (
        [demand(number, int(quantity), at, item) for number, (item, quantity, at) in enumerate(needs, 1)],
        [FreeLot(number, item, free, day(at)) for number, (item, free, at) in enumerate(lots, 1)],
        [OpenLine(number, item, free, day(at)) for number, (item, free, at) in enumerate(lines, 1)],
    )


@given(shops)
def test_every_demand_is_covered_exactly(data: tuple[list, list, list]) -> None:  # type: ignore[type-arg]
    demands, lots, lines = shop(data)
    found = run(demands, lots, lines)
    covered: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for share in (*found.reservations, *found.incoming):
        covered[share.requirement] += share.quantity
    rest = [each for purchase in found.purchases for each in purchase.demands]
    for each in (*rest, *found.unsourced):
        covered[each.requirement] += each.quantity
    assert dict(covered) == {each.requirement: each.quantity for each in demands}


@given(shops)
def test_no_source_is_drawn_below_zero(data: tuple[list, list, list]) -> None:  # type: ignore[type-arg]
    demands, lots, lines = shop(data)
    found = run(demands, lots, lines)
    for shares, free in (
        (found.reservations, {lot.lot: lot.free for lot in lots}),
        (found.incoming, {line.line: line.free for line in lines}),
    ):
        drawn: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for share in shares:
            assert share.quantity > 0
            drawn[share.source] += share.quantity
        assert all(quantity <= free[source] for source, quantity in drawn.items())


@given(shops)
def test_nothing_is_bought_while_stock_is_left(data: tuple[list, list, list]) -> None:  # type: ignore[type-arg]
    demands, lots, lines = shop(data)
    found = run(demands, lots, lines)
    left = {lot.lot: lot.free for lot in lots}
    for share in found.reservations:
        left[share.source] -= share.quantity
    bought = {purchase.terms.item for purchase in found.purchases} | {each.item for each in found.unsourced}
    assert all(left[lot.lot] == 0 for lot in lots if lot.item in bought)


@given(shops, st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(data: tuple[list, list, list], random: Random) -> None:  # type: ignore[type-arg]
    rows = shop(data)
    before = run(*rows)
    for each in rows:
        random.shuffle(each)
    assert run(*rows) == before


@given(st.lists(amounts, max_size=6), amounts)
def test_what_comes_in_is_neither_lost_nor_made(wanted: list[Decimal], quantity: Decimal) -> None:
    shares, left = fill(list(enumerate(wanted)), quantity)
    assert sum((share for _, share in shares), ZERO) + left == quantity
    assert all(share <= wanted[number] for number, share in shares)
