"""Lines as people and programs give them: checked, configured, priced, stored."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from kernel.errors import Refused
from kernel.quantities import Quantity
from orders.engine import CompiledProduct, Configuration, Effectivity, Problem, configure, effectivity
from orders.engine.deciding import beside, mended
from orders.engine.extras import numbered
from orders.models import Address, Customer, Order, OrderLine, Product, User
from orders.selectors import compiled_by_id, compiled_product, decider, decider_by_id
from orders.services.headers import check_date, check_text
from orders.services.lifecycle import advance_all
from orders.services.locking import today
from orders.services.pricing import (
    ZERO,
    Pricing,
    Quoted,
    Signature,
    price_fingerprint,
    pricing_for,
    signature_of,
)

LARGEST_QUANTITY = 100_000
LARGEST_SERIAL = 1_000_000_000
MOST_LINES = 200
LONGEST_NOTE = 500
MOST_ALTERNATIVES = 6
PRICE_FIELDS = ("unit_price", "unit_cost", "price_trace", "cost_trace")


@dataclass(frozen=True)
class LineInput:
    """One wished line: the choices by code, as a form or JSON gives them; the quantity in whole pieces.

    The customer may leave an `optional` line out, and choose one of the `alternatives`, further quantities.
    `revision_id` keeps the product revision a line was made with; None takes the one in force. `decided` are
    the codes of what somebody chose, where `choices` also holds what was assumed. `serial` is the serial or
    line number of the first piece, where parts depend on it.
    """

    product: Product
    quantity: int
    choices: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    requested_date: date | None = None
    unit: str = "pcs"
    optional: bool = False
    alternatives: Sequence[int] = ()
    revision_id: int | None = None
    discount_percent: Decimal = ZERO
    serial: int | None = None
    decided: Sequence[str] | None = None
    extras: Sequence[Mapping[str, str]] = ()

    @property
    def decisions(self) -> list[str]:
        """The codes somebody decided; all that were given where nothing else is said."""
        return list(self.choices if self.decided is None else self.decided)


@dataclass(frozen=True)
class PricedLine:
    """A checked line with its price, cost and tax, and the same for its other quantities."""

    wish: LineInput
    compiled: CompiledProduct
    quantity: int
    at: Effectivity
    configuration: Configuration
    quoted: Quoted
    alternatives: Sequence[Quoted] = ()

    @property
    def approval_reason(self) -> str:
        """Why a second person must agree to the price of one of the quantities; empty where none must."""
        offered = (self.quoted, *self.alternatives)
        return next((each.approval_reason for each in offered if each.approval_reason), "")


class InvalidInput(Refused):
    """Several inputs are wrong: `problems` has each with its field; the message is the first one's."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        first = problems[0]
        super().__init__(first.message, field=first.field, remedy=first.remedy)
        self.problems = tuple(problems)


def price_lines(
    lines: Sequence[LineInput],
    *,
    customer: Customer,
    currency: str,
    ship_to: Address | None,
    requested: date | None,
    by: User | None,
    now: datetime,
) -> list[PricedLine]:
    """Check, configure and price every line by the conditions of the day for this customer.

    A line without a requested date of its own is wanted when the quotation is `requested`, else today.
    InvalidInput lists all problems as `lines.<index>.<field>`. One statement for all lines, besides the
    products.
    """
    if not lines:
        raise Refused("There are no lines.", field="lines", remedy="Add at least one product.")
    if len(lines) > MOST_LINES:
        raise Refused(
            f"{len(lines)} lines are too many.", field="lines", remedy=f"Give at most {MOST_LINES}."
        )
    products = {wish.product.pk for wish in lines}
    pricing = pricing_for(customer, currency, ship_to, products, by, now)
    priced: list[PricedLine] = []
    problems: list[Problem] = []
    for index, wish in enumerate(lines):
        try:
            priced.append(_with_alternatives(_priced(wish, pricing, requested, now), pricing))
        except InvalidInput as error:
            problems += _placed(error.problems, index)
        except Refused as error:
            problems += _placed([Problem(error.field, error.message, error.remedy)], index)
    if problems:
        raise InvalidInput(problems)
    return priced


def configured(
    *, product: Product, choices: Mapping[str, object], revision_id: int | None = None
) -> tuple[CompiledProduct, Configuration]:
    """The product and a valid configuration of it, in force or as of an earlier revision.

    Refused for a product that cannot be ordered, InvalidInput where the choices do not fit: a broken rule
    comes with what would make it hold.
    """
    if product.status != Product.Status.PUBLISHED:
        raise Refused(
            f"{product.code} is not published.", field="product", remedy="Choose a published product."
        )
    compiled = compiled_by_id(revision_id) if revision_id else compiled_product(product)
    configuration = configure(compiled, choices)
    if not configuration.valid:
        decides = decider_by_id(revision_id) if revision_id else decider(product)
        problems = mended(configuration, beside(decides, configuration, choices))
        raise InvalidInput([replace(problem, field=f"choices.{problem.field}") for problem in problems])
    return compiled, configuration


def add_lines(
    order: Order,
    priced: Sequence[PricedLine],
    *,
    after: int,
    by: User | None,
    now: datetime,
    signed: Mapping[str, Signature] | None = None,
) -> None:
    """Append lines behind position `after`, in tens as the trade counts them, in one statement.

    They are priced by `by`, but for prices that were `signed` before.
    """
    OrderLine.objects.bulk_create(
        OrderLine(order=order, position=after + 10 * number, entered_at=now, **_columns(line, by, signed))
        for number, line in enumerate(priced, start=1)
    )


def replace_lines(order: Order, priced: Sequence[PricedLine], by: User | None, now: datetime) -> None:
    """Make the draft's lines these: rewritten in order, then appended; what is left over goes.

    A line that was quoted before has a history, which stays: such a line is cancelled instead of deleted.
    A price that did not change stays approved, and stays the price of whoever gave it.
    """
    held = list(OrderLine.objects.filter(order=order).order_by("position"))
    drafts = [line for line in held if line.state == "draft"]
    signed = {line.price_fingerprint: signature_of(line) for line in drafts if line.price_fingerprint}
    for line, wanted in zip(drafts, priced, strict=False):
        OrderLine.objects.filter(pk=line.pk).update(**_columns(wanted, by, signed))
    surplus = drafts[len(priced) :]
    OrderLine.objects.filter(pk__in=[line.pk for line in surplus if not line.moves_made]).delete()
    quoted = {line.id: f"cancel:{line.moves_made}" for line in surplus if line.moves_made}
    last = max(line.position for line in held)
    add_lines(order, priced[len(drafts) :], after=last, by=by, now=now, signed=signed)
    if quoted:
        advance_all(keys=quoted, event="cancel", by=by, reason="Removed from the quotation", now=now)


def rewrite_line(line: OrderLine, priced: PricedLine, by: User | None) -> None:
    """Make a draft's line this one; a price that did not change stays approved."""
    signed = {line.price_fingerprint: signature_of(line)} if line.price_fingerprint else {}
    OrderLine.objects.filter(pk=line.pk).update(**_columns(priced, by, signed))


def _priced(wish: LineInput, pricing: Pricing, requested: date | None, now: datetime) -> PricedLine:
    quantity = _pieces(wish)
    check_date(wish.requested_date, now, "requested_date")
    check_text(wish.note, LONGEST_NOTE, "note")
    _check_serial(wish.serial)
    compiled, configuration = configured(
        product=wish.product, choices=wish.choices, revision_id=wish.revision_id
    )
    at = effectivity(wish.serial, wish.requested_date, requested, today(now))
    quoted = pricing.quote(wish.product, compiled, configuration, quantity, wish.discount_percent, at)
    return PricedLine(wish, compiled, quantity, at, configuration, quoted)


def _with_alternatives(line: PricedLine, pricing: Pricing) -> PricedLine:
    """The line with its other quantities, smallest first, each priced by the same rules."""
    wanted = sorted({*line.wish.alternatives} - {line.quantity})
    if len(wanted) > MOST_ALTERNATIVES:
        raise Refused(
            f"{len(wanted)} further quantities are too many.",
            field="alternatives",
            remedy=f"Give at most {MOST_ALTERNATIVES}.",
        )
    product, discount = line.wish.product, line.wish.discount_percent
    try:
        others = [
            pricing.quote(product, line.compiled, line.configuration, pieces, discount, line.at)
            for pieces in (_pieces(replace(line.wish, quantity=each, unit="pcs")) for each in wanted)
        ]
    except Refused as error:
        raise Refused(error.message, field="alternatives", remedy=error.remedy) from error
    return replace(line, alternatives=others)


def _pieces(wish: LineInput) -> int:
    """The quantity in pieces; Refused at `quantity` or `unit`."""
    if isinstance(wish.quantity, bool) or not isinstance(wish.quantity, int):
        raise Refused("The quantity is not a whole number.", field="quantity", remedy="Give whole pieces.")
    if wish.quantity <= 0:
        raise Refused(
            f"The quantity {wish.quantity} is not above zero.", field="quantity", remedy="Give 1 or more."
        )
    pieces = wish.quantity
    if wish.unit != "pcs":
        pieces = int(Quantity(min(wish.quantity, LARGEST_QUANTITY + 1), wish.unit).to("pcs").value)
    if pieces > LARGEST_QUANTITY:
        raise Refused(
            f"{pieces} pieces are more than one line may have.",
            field="quantity",
            remedy=f"Give at most {LARGEST_QUANTITY}.",
        )
    return pieces


def _check_serial(serial: int | None) -> None:
    whole = isinstance(serial, int) and not isinstance(serial, bool)
    if serial is not None and not (whole and 0 < serial <= LARGEST_SERIAL):
        raise Refused(
            f"{serial} is no serial number.",
            field="serial",
            remedy=f"Give 1 to {LARGEST_SERIAL}, or nothing.",
        )


def _placed(problems: Sequence[Problem], index: int) -> Iterator[Problem]:
    for problem in problems:
        field = f"lines.{index}.{problem.field}".rstrip(".")
        yield Problem(field, problem.message, problem.remedy, problem.choices, problem.repairs)


def _columns(line: PricedLine, by: User | None, signed: Mapping[str, Signature] | None) -> dict[str, Any]:
    wish, choices = line.wish, dict(line.configuration.choices)
    found = price_fingerprint(wish.product.pk, choices, [line.quoted, *line.alternatives])
    signature = (signed or {}).get(found) or Signature(by.pk if by else None)
    return {
        "product": wish.product,
        "revision_id": wish.revision_id or wish.product.in_force_id,
        "quantity": line.quantity,
        "choices": choices,
        "decided": wish.decisions,
        "note": wish.note.strip(),
        "extras": numbered(wish.extras),
        "requested_date": wish.requested_date,
        "serial": wish.serial,
        "optional": wish.optional,
        "alternatives": [_alternative(other) for other in line.alternatives],
        **line.quoted.columns(),
        "approval_reason": line.approval_reason,
        "price_fingerprint": found,
        **signature.columns(),
    }


def _alternative(quoted: Quoted) -> dict[str, object]:
    """Another quantity with its price columns, as JSON keeps them."""
    columns = quoted.columns()
    prices = {
        name: str(value) if isinstance(value := columns[name], Decimal) else value for name in PRICE_FIELDS
    }
    return {"quantity": quoted.offer.price.quantity, **prices}
