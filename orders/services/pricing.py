"""What a line is offered for on the terms of its customer, and who has to agree to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F

from kernel import clock
from kernel.errors import Conflict, NotAllowed, Refused
from kernel.wording import plain
from orders.engine import (
    CompiledProduct,
    Configuration,
    Effectivity,
    Limit,
    Offer,
    TaxRow,
    beyond,
    offer,
    stored,
    tax_for,
)
from orders.models import Address, Customer, Order, OrderLine, PriceApproval, Product, Role, User
from orders.selectors.conditions import Conditions, conditions
from orders.selectors.releases import release_of
from orders.services.desk import Work, close_work, open_work
from orders.services.fingerprints import canonical_sha256
from orders.services.headers import check_text
from orders.services.locking import lock_order, today

ZERO, HUNDRED = Decimal(0), Decimal(100)
HUNDREDTH = Decimal("0.01")
LONGEST_NOTE = 200


@dataclass(frozen=True)
class Quoted:
    """Price and cost of a line with the seller's discount, its tax, and why a second person must agree."""

    offer: Offer
    discount_percent: Decimal
    tax: TaxRow | None
    approval_reason: str

    def columns(self) -> dict[str, Any]:
        """As the line stores it."""
        return {
            "unit_price": self.offer.price.unit_price,
            "unit_cost": self.offer.cost.unit_cost,
            "price_trace": stored(self.offer.price.figure),
            "cost_trace": stored(self.offer.cost.figure),
            "discount_percent": self.discount_percent,
            "tax_percent": self.tax.percent if self.tax else None,
            "tax_wording": self.tax.wording if self.tax else "",
            "approval_reason": self.approval_reason,
        }


@dataclass(frozen=True)
class Signature:
    """Who gave a price, and who agreed to it."""

    priced_by: int | None
    approved_by: int | None = None
    approved_at: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """As the line stores it."""
        approved = {"approved_by_id": self.approved_by, "approved_at": self.approved_at}
        return {"priced_by_id": self.priced_by, **approved}


@dataclass(frozen=True)
class Pricing:
    """Prices lines for one customer, place of delivery and seller by the conditions of a day."""

    conditions: Conditions
    country: str
    customer: Customer
    limits: Sequence[Limit]

    def quote(
        self,
        product: Product,
        compiled: CompiledProduct,
        configuration: Configuration,
        quantity: int,
        discount_percent: Decimal,
        at: Effectivity,
    ) -> Quoted:
        """Price, cost and tax of a valid configuration, built as is effective then.

        Refused at `discount_percent`, or at `product` where a currency has no rate that day; FormulaFailed.
        """
        discount = checked_discount(discount_percent)
        terms = self.conditions.terms(product.pk, discount)
        try:
            release = release_of(compiled, configuration, quantity, at)
            made = offer(compiled, configuration, quantity, terms, self.conditions.basis, release)
        except Refused as error:
            if error.field != "currency":
                raise
            raise Refused(
                f"{product.code} cannot be priced in {terms.currency}. {error.message}",
                field="product",
                remedy=f"Choose a product priced in {terms.currency}, or have the rate entered.",
            ) from error
        tax = tax_for(self.conditions.taxes, self.country, self.customer.tax_category, product.tax_category)
        return Quoted(made, discount, tax, beyond(discount, made.margin_percent, self.limits))


def pricing_for(
    customer: Customer,
    currency: str,
    ship_to: Address | None,
    products: Collection[int],
    by: User | None,
    now: datetime,
) -> Pricing:
    """The conditions of today for this customer, read in one statement; without an address no country."""
    found = conditions(customer=customer, currency=currency, products=products, day=today(now))
    return Pricing(found, ship_to.country if ship_to else "", customer, found.limits_of(by))


def price_fingerprint(product_id: int, choices: Mapping[str, object], offered: Sequence[Quoted]) -> str:
    """Changes with what an approval is for: product, choices, and for each quantity price, discount, cost."""
    figures = [
        [each.offer.price.quantity, each.offer.price.currency, *map(plain, numbers)]
        for each in offered
        for numbers in [(each.offer.price.unit_price, each.discount_percent, each.offer.cost.unit_cost)]
    ]
    return canonical_sha256([product_id, dict(choices), figures])


def checked_discount(percent: Decimal) -> Decimal:
    """The discount in hundredths of a percent; Refused outside 0 to 100 or with more places."""
    usable = isinstance(percent, Decimal) and percent.is_finite() and ZERO <= percent <= HUNDRED
    if not usable or percent != percent.quantize(HUNDREDTH):
        raise Refused(
            f"{str(percent)[:20]} is no discount.",
            field="discount_percent",
            remedy="Give 0 to 100 percent with at most two decimal places.",
        )
    return percent


def signature_of(line: OrderLine) -> Signature:
    """Who gave the line its price and who agreed."""
    return Signature(line.priced_by_id, line.approved_by_id, line.approved_at)


def ask_approval(order: Order, by: User | None, now: datetime) -> None:
    """Put the quotation on the managers' list where one of its prices waits, and off it where none does."""
    key, refused = f"approve:{order.pk}", turned_down(order)
    waiting = [line for line in waiting_lines(order) if line.price_fingerprint not in refused]
    if not waiting:
        close_work(keys=[key], by=by, now=now)
        return
    first = waiting[0]
    reason = f"Approve {order.quotation_number} line {first.position}: {first.approval_reason}"
    open_work(items=[Work(key, Role.MANAGER, reason, order.get_absolute_url(), order=order)], by=by, now=now)


def waiting_lines(order: Order) -> list[OrderLine]:
    """The lines of a draft whose price nobody agreed to yet, in order."""
    lines = order.lines.filter(state="draft", approved_at=None).exclude(approval_reason="")
    return list(lines.select_related("priced_by").order_by("position"))


def turned_down(order: Order) -> set[str]:
    """The fingerprints of the prices whose last answer was no; the same price is not asked for again."""
    answers = order.price_approvals.order_by("id").values_list("fingerprint", "agreed")
    return {price for price, agreed in dict(answers).items() if not agreed}


def check_approved(lines: Sequence[OrderLine]) -> None:
    """Conflict where a price needs a second person who has not agreed yet."""
    for line in lines:
        if line.approval_reason and line.approved_at is None:
            raise Conflict(
                f"The price of line {line.position} is not approved: {line.approval_reason}.",
                field=f"lines.{line.position}.discount_percent",
                remedy="Ask a manager who did not give it to approve it, or change the price.",
            )


@transaction.atomic
def approve_price(
    *, order: Order, by: User, note: str = "", version: int | None = None, now: datetime | None = None
) -> Order:
    """Agree to every price of a draft that waits, as a manager who gave none of them.

    Kept for ever with the fingerprint of each price. NotAllowed for another role and for the own price,
    Conflict where nothing waits or `version` is stale.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    waiting = waiting_lines(order)
    _check_approver(order, waiting, by)
    check_text(note, LONGEST_NOTE, "note")
    _keep_answer(order, waiting, by, note, now, agreed=True)
    OrderLine.objects.filter(pk__in=[line.pk for line in waiting]).update(approved_by=by, approved_at=now)
    _tell_seller(
        order, f"The price of {order.quotation_number} is approved: send it to {order.customer}", by, now
    )
    return order


@transaction.atomic
def turn_down_price(
    *, order: Order, by: User, reason: str, version: int | None = None, now: datetime | None = None
) -> Order:
    """Say no to every price of a draft that waits, with the reason; the seller finds it on the sales list.

    The prices stay as they are and cannot be sent; another price is asked for anew. NotAllowed and Conflict
    as for `approve_price`, Refused at `reason` without one.
    """
    now = now or clock.now()
    order = lock_order(order, version)
    waiting = waiting_lines(order)
    _check_approver(order, waiting, by)
    if not reason.strip():
        raise Refused("The reason is missing.", field="reason", remedy="Say what price would do.")
    check_text(reason, LONGEST_NOTE, "reason")
    _keep_answer(order, waiting, by, reason, now, agreed=False)
    told = f"Change the price of {order.quotation_number}, {by} turned it down: {reason.strip()}"
    _tell_seller(order, told, by, now)
    return order


def _keep_answer(
    order: Order, lines: Sequence[OrderLine], by: User, note: str, now: datetime, *, agreed: bool
) -> None:
    PriceApproval.objects.bulk_create(
        PriceApproval(
            order=order,
            position=line.position,
            fingerprint=line.price_fingerprint,
            unit_price=line.unit_price,
            discount_percent=line.discount_percent,
            reason=line.approval_reason,
            note=note.strip(),
            agreed=agreed,
            priced_by=line.priced_by,
            approved_by=by,
            at=now,
        )
        for line in lines
    )


def _tell_seller(order: Order, reason: str, by: User, now: datetime) -> None:
    """The answer is the next item of the sales list, off the managers'; the version is a newer one."""
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, updated_at=now)
    order.version += 1
    work = Work(f"quote:{order.pk}", Role.SALES, reason, order.get_absolute_url(), order=order)
    open_work(items=[work], closing=[f"approve:{order.pk}"], by=by, now=now)


def _check_approver(order: Order, waiting: Sequence[OrderLine], by: User) -> None:
    if not by.has_role(Role.MANAGER):
        raise NotAllowed("Only a manager approves prices.", remedy="Ask a manager.")
    if not waiting:
        raise Conflict(f"No price of {order} waits for approval.")
    own = [line for line in waiting if line.priced_by_id == by.pk]
    if own:
        raise NotAllowed(
            f"You gave the price of line {own[0].position} yourself.", remedy="Ask another manager."
        )


def tax_anew(*, order: Order, ship_to: Address, now: datetime) -> None:
    """Write the taxes for another place of delivery onto the lines of a locked quotation."""
    pricing = pricing_for(order.customer, order.currency, ship_to, [], None, now)
    category = order.customer.tax_category
    kinds = set(order.lines.values_list("product__tax_category", flat=True))
    for kind in kinds:
        tax = tax_for(pricing.conditions.taxes, ship_to.country, category, kind)
        said = {"tax_percent": tax.percent if tax else None, "tax_wording": tax.wording if tax else ""}
        lines = OrderLine.objects.filter(order=order, product__tax_category=kind)
        lines.update(**said)
