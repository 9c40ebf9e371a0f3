"""Covering demand: free stock first in, first out; then what is on order for nobody; then new purchases."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from kernel.quantities import round_up_to_pack

ZERO = Decimal(0)


@dataclass(frozen=True)
class Demand:
    """What one requirement still lacks, in the item's unit; `quantity` is above zero."""

    requirement: int
    item: int
    quantity: Decimal
    need_by: datetime | None = None


@dataclass(frozen=True)
class FreeLot:
    """What a lot has for nobody yet."""

    lot: int
    item: int
    free: Decimal
    received_at: datetime


@dataclass(frozen=True)
class OpenLine:
    """What a purchase order line that was sent will bring for nobody yet."""

    line: int
    item: int
    free: Decimal
    expected_at: datetime


@dataclass(frozen=True)
class Terms:
    """What the chosen supplier of an item asks: price per unit, lead time, pack size above zero."""

    item: int
    supplier: int
    currency: str
    price: Decimal
    lead_time: timedelta
    pack_size: Decimal


@dataclass(frozen=True)
class Share:
    """A part of a source (a lot's or an open line's id) for one requirement."""

    requirement: int
    source: int
    quantity: Decimal


@dataclass(frozen=True)
class Purchase:
    """What to buy of one item: the demands it serves, most urgent first, and when it must be ordered."""

    terms: Terms
    demands: tuple[Demand, ...]

    @property
    def quantity(self) -> Decimal:
        """What the demands need, before packs are rounded up."""
        return sum((demand.quantity for demand in self.demands), ZERO)

    @property
    def order_by(self) -> datetime | None:
        """The earliest need-by date minus the lead time; None where no demand has a date."""
        dates = [demand.need_by for demand in self.demands if demand.need_by]
        return min(dates) - self.terms.lead_time if dates else None


@dataclass(frozen=True)
class Sourcing:
    """How the demands are covered; `unsourced` have no supplier."""

    reservations: tuple[Share, ...]
    incoming: tuple[Share, ...]
    purchases: tuple[Purchase, ...]
    unsourced: tuple[Demand, ...]


@dataclass
class _Source:
    """What is left of a lot or of an open line while shares are drawn from it."""

    number: int
    free: Decimal
    at: datetime


def cover(
    *,
    demands: Iterable[Demand],
    lots: Iterable[FreeLot],
    lines: Iterable[OpenLine],
    terms: Mapping[int, Terms],
    now: datetime,
) -> Sourcing:
    """Cover every demand, the earliest need-by date first, from lots, then open lines, then suppliers.

    An open line serves a demand if it comes in time, or no later than a new order of today would. The result
    depends on the rows only, not on their order; no source is drawn below zero; per demand the shares and
    purchases add up to its quantity. `terms` holds one supplier per item.
    """
    ranked = sorted(demands, key=_urgency)
    stock = _by_item([(lot.item, _Source(lot.lot, lot.free, lot.received_at)) for lot in lots])
    coming = _by_item([(line.item, _Source(line.line, line.free, line.expected_at)) for line in lines])
    reservations, short = _draw(ranked, stock, lambda demand, lot: True)
    incoming, short = _draw(short, coming, lambda demand, line: _in_time(demand, line, terms, now))
    return Sourcing(
        reservations=tuple(reservations),
        incoming=tuple(incoming),
        purchases=tuple(_purchases(short, terms)),
        unsourced=tuple(demand for demand in short if demand.item not in terms),
    )


def ordered_quantity(*, pegged: Decimal, ordered: Decimal, pack_size: Decimal) -> Decimal:
    """How much a draft line must order to hold its pegs: `ordered` if that is enough, else whole packs."""
    return ordered if pegged <= ordered else round_up_to_pack(pegged, pack_size)


def fill(pegs: Sequence[tuple[int, Decimal]], quantity: Decimal) -> tuple[list[tuple[int, Decimal]], Decimal]:
    """Hand out what came in: `pegs` are (id, still wanted), most urgent first.

    Returns the shares above zero and what is left for nobody.
    """
    shares = []
    for number, wanted in pegs:
        taken = min(wanted, quantity)
        if taken > 0:
            shares.append((number, taken))
            quantity -= taken
    return shares, quantity


def _urgency(demand: Demand) -> tuple[bool, float, int]:
    at = demand.need_by
    return at is None, at.timestamp() if at else 0.0, demand.requirement


def _by_item(rows: Iterable[tuple[int, _Source]]) -> dict[int, list[_Source]]:
    found: dict[int, list[_Source]] = {}
    for item, source in sorted(rows, key=lambda row: (row[1].at, row[1].number)):
        found.setdefault(item, []).append(source)
    return found


def _draw(
    demands: Iterable[Demand],
    sources: Mapping[int, list[_Source]],
    usable: Callable[[Demand, _Source], bool],
) -> tuple[list[Share], list[Demand]]:
    """Draw from the sources in their order; returns the shares and what is still missing."""
    shares: list[Share] = []
    short: list[Demand] = []
    for demand in demands:
        missing = demand.quantity
        for source in sources.get(demand.item, ()):
            taken = min(missing, source.free)
            if taken > 0 and usable(demand, source):
                source.free -= taken
                missing -= taken
                shares.append(Share(demand.requirement, source.number, taken))
        if missing > 0:
            short.append(replace(demand, quantity=missing))
    return shares, short


def _in_time(demand: Demand, line: _Source, terms: Mapping[int, Terms], now: datetime) -> bool:
    known = terms.get(demand.item)
    if known is None or (demand.need_by and line.at <= demand.need_by):
        return True
    return line.at <= now + known.lead_time


def _purchases(short: Iterable[Demand], terms: Mapping[int, Terms]) -> list[Purchase]:
    wanted: dict[int, list[Demand]] = {}
    for demand in short:
        if demand.item in terms:
            wanted.setdefault(demand.item, []).append(demand)
    return [Purchase(terms[item], tuple(wanted[item])) for item in sorted(wanted)]
