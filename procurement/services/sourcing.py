"""Sourcing: free stock first, then what is on order for nobody, then draft purchase orders."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from kernel import clock
from kernel.bases import joined_transaction, next_numbers, update_rows
from kernel.formats import plural
from orders.models import Item, Move, Role
from orders.services import Work, open_work
from procurement.engine.sourcing import (
    Demand,
    FreeLot,
    OpenLine,
    Purchase,
    Share,
    Sourcing,
    Terms,
    cover,
    ordered_quantity,
)
from procurement.models import Lot, PurchaseOrder, PurchaseOrderLine, Supplier
from procurement.selectors.supply import Need, needs
from procurement.services.ledger import add_pegs, advance_supplied, report_supply, reserve

Status = PurchaseOrder.Status
DraftKey = tuple[int, str]


@dataclass
class _Desk:
    """What a sourcing run works on, all locked: drafts by supplier and currency, lines, free lots."""

    drafts: dict[DraftKey, PurchaseOrder]
    lines: list[PurchaseOrderLine]
    lots: list[Lot]
    units: dict[int, str]
    now: datetime


@joined_transaction()
def source_jobs(*, moves: Sequence[Move], now: datetime | None = None) -> None:
    """Cover the material of these jobs; those whose first operations have all of theirs go to production.

    Free stock is reserved first in, first out; the rest is pegged to purchase orders already sent or put on
    the draft order of the supplier of choice; an item without a supplier stands on the buyers' list. Does
    only what is missing, so a repeat is harmless. The caller holds `lock_jobs`.
    """
    if not moves:
        return
    now = now or clock.now()
    lines = {move.line_id: move.line for move in moves}
    cover_jobs(line_ids=lines, now=now)
    keys = {move.line_id: f"{move.id}:supplied" for move in moves}
    advance_supplied(lines=lines.values(), keys=keys, now=now)


def cover_jobs(*, line_ids: Collection[int], now: datetime) -> None:
    """Cover what the jobs' requirements lack and report how they stand. The caller holds `lock_jobs`."""
    missing = needs(line_ids)
    if missing:
        _cover(missing, now)
    report_supply(line_ids=line_ids, now=now)


def _cover(missing: Sequence[Need], now: datetime) -> None:
    terms = {need.demand.item: need.terms for need in missing if need.terms}
    desk = _lock_desk(missing, terms, now)
    plan = cover(
        demands=[need.demand for need in missing],
        lots=[FreeLot(lot.id, lot.item_id, lot.free, lot.received_at) for lot in desk.lots],
        lines=_open_lines(desk),
        terms=terms,
        now=now,
    )
    reserve(plan.reservations)
    touched = _order(desk, plan)
    _remind_buyers(desk, touched)
    _ask_for_suppliers(plan.unsourced, desk.units)


def _lock_desk(missing: Sequence[Need], terms: Mapping[int, Terms], now: datetime) -> _Desk:
    """Lock purchase orders, lines, lots, each by id: as every act here does, so none waits in a ring."""
    items = {need.demand.item for need in missing}
    suppliers = {each.supplier for each in terms.values()}
    drafts = PurchaseOrder.objects.filter(status=Status.DRAFT, supplier__in=suppliers).select_related(
        "supplier"
    )
    found = list(drafts.order_by("id").select_for_update(of=("self",)))
    coming = Q(
        item__in=items,
        order__status__in=(Status.SENT, Status.PARTIAL),
        received__lt=F("quantity"),
        quantity__gt=F("pegged") + F("surplus"),
    )
    lines = PurchaseOrderLine.objects.filter(Q(order__in=[order.id for order in found]) | coming)
    lots = Lot.objects.filter(item__in=items, on_hand__gt=F("reserved"))
    return _Desk(
        drafts={(order.supplier_id, order.currency): order for order in found},
        lines=list(lines.order_by("id").select_for_update(of=("self",))),
        lots=list(lots.order_by("id").select_for_update(of=("self",))),
        units={need.demand.item: need.unit for need in missing},
        now=now,
    )


def _open_lines(desk: _Desk) -> list[OpenLine]:
    drafts = {order.id for order in desk.drafts.values()}
    return [
        OpenLine(line.id, line.item_id, line.free, line.expected_at)
        for line in desk.lines
        if line.order_id not in drafts and line.expected_at
    ]


def _order(desk: _Desk, plan: Sourcing) -> set[int]:
    """Write lines and pegs for what stock did not cover; returns the ids of the drafts that grew."""
    by_id = {line.id: line for line in desk.lines}
    known = {order.id for order in desk.drafts.values()}
    for share in plan.incoming:
        by_id[share.source].pegged += share.quantity
    _open_drafts(desk, {_key(purchase.terms) for purchase in plan.purchases})
    bought = [(purchase, _grow(desk, purchase)) for purchase in plan.purchases]
    grown = {line.order_id for _, line in bought}
    taken = {share.source for share in plan.incoming}
    _write_lines([line for line in desk.lines if line.id in taken or line.order_id in grown])
    add_pegs([*plan.incoming, *_pegs(bought)])
    if grown & known:
        PurchaseOrder.objects.filter(id__in=grown & known).update(version=F("version") + 1)
    return grown


def _open_drafts(desk: _Desk, keys: set[DraftKey]) -> None:
    """Open the drafts that are missing; one that somebody opened a moment ago is taken instead."""
    missing = sorted(keys - set(desk.drafts))
    if not missing:
        return
    numbers = next_numbers("PO", timezone.localtime(desk.now).year, len(missing))
    sql = """
        INSERT INTO procurement_purchaseorder AS old
            (number, supplier_id, currency, status, version, created_at)
        SELECT number, supplier, currency, 'draft', 1, %s
        FROM unnest(%s::text[], %s::bigint[], %s::text[]) AS data(number, supplier, currency)
        ON CONFLICT (supplier_id, currency) WHERE status = 'draft' DO UPDATE SET version = old.version + 1
        RETURNING id, number, supplier_id, currency, xmax::text <> '0',
            (SELECT name FROM procurement_supplier WHERE id = supplier_id)
    """
    suppliers, currencies = (list(column) for column in zip(*missing, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(sql, [desk.now, numbers, suppliers, currencies])
        rows = cursor.fetchall()
    for order_id, number, supplier_id, currency, _, name in rows:
        order = PurchaseOrder(id=order_id, number=number, currency=currency)
        order.supplier = Supplier(id=supplier_id, name=name)
        desk.drafts[supplier_id, currency] = order
    taken = [row[0] for row in rows if row[4]]
    if taken:
        lines = PurchaseOrderLine.objects.filter(order__in=taken).order_by("id")
        desk.lines += lines.select_for_update(of=("self",))


def _grow(desk: _Desk, purchase: Purchase) -> PurchaseOrderLine:
    """The draft line of the item, with room for the purchase."""
    terms = purchase.terms
    order = desk.drafts[_key(terms)]
    found = [line for line in desk.lines if line.order_id == order.id and line.item_id == terms.item]
    line = found[0] if found else _new_line(desk, order, terms)
    line.pegged += purchase.quantity
    line.quantity = ordered_quantity(pegged=line.pegged, ordered=line.quantity, pack_size=line.pack_size)
    line.order_by = min((at for at in (line.order_by, purchase.order_by) if at), default=None)
    line.expected_at = desk.now + terms.lead_time
    return line


def _new_line(desk: _Desk, order: PurchaseOrder, terms: Terms) -> PurchaseOrderLine:
    line = PurchaseOrderLine(
        order=order,
        item_id=terms.item,
        quantity=Decimal(0),
        pegged=Decimal(0),
        unit=desk.units[terms.item],
        price=terms.price,
        pack_size=terms.pack_size,
        lead_time_days=terms.lead_time.days,
    )
    desk.lines.append(line)
    return line


def _write_lines(lines: Sequence[PurchaseOrderLine]) -> None:
    new, known = [line for line in lines if line.pk is None], [line for line in lines if line.pk]
    PurchaseOrderLine.objects.bulk_create(new)
    columns = {
        "quantity": "numeric",
        "pegged": "numeric",
        "order_by": "timestamptz",
        "expected_at": "timestamptz",
    }
    rows = [(line.id, line.quantity, line.pegged, line.order_by, line.expected_at) for line in known]
    update_rows("procurement_purchaseorderline", "id", columns, rows)


def _pegs(bought: Iterable[tuple[Purchase, PurchaseOrderLine]]) -> list[Share]:
    return [
        Share(demand.requirement, line.id, demand.quantity)
        for purchase, line in bought
        for demand in purchase.demands
    ]


def _remind_buyers(desk: _Desk, grown: Collection[int]) -> None:
    orders = [order for order in desk.drafts.values() if order.id in grown]
    lines = {order.id: [line for line in desk.lines if line.order_id == order.id] for order in orders}
    open_work(items=[buy_work(order, lines[order.id]) for order in orders], now=desk.now)


def buy_work(order: PurchaseOrder, lines: Sequence[PurchaseOrderLine]) -> Work:
    """The buyer's reminder to send a draft, due when its most urgent line must be ordered."""
    return Work(
        key=f"buy:{order.id}",
        role=Role.BUYER,
        reason=f"Send {order.number} to {order.supplier}: {plural(len(lines), 'item')}",
        url=reverse("procurement:order", args=[order.number]),
        due_at=min((line.order_by for line in lines if line.order_by), default=None),
    )


def _ask_for_suppliers(unsourced: Sequence[Demand], units: Mapping[int, str]) -> None:
    if not unsourced:
        return
    dates: dict[int, list[datetime]] = {demand.item: [] for demand in unsourced}
    for demand in unsourced:
        dates[demand.item] += [demand.need_by] if demand.need_by else []
    items = Item.objects.filter(id__in=dates)
    open_work(items=[_supplier_work(item, min(dates[item.id], default=None)) for item in items])


def _supplier_work(item: Item, need_by: datetime | None) -> Work:
    return Work(
        key=f"supplier:{item.id}",
        role=Role.BUYER,
        reason=f"No supplier for {item}: add one, then it is ordered",
        url=reverse("procurement:item", args=[item.number]),
        due_at=need_by,
    )


def _key(terms: Terms) -> DraftKey:
    return terms.supplier, terms.currency
