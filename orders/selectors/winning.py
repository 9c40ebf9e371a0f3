"""Which quotations were won: by product, by chosen option, and why the others were lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count

from kernel.bases import fetch
from kernel.errors import Refused
from orders.models import LostReason, Product, QuotationRevision
from orders.selectors.products import compiled_product

WIN_RATES = """
    SELECT product.id, parent.currency, choice.code, choice.value, count(*),
        count(*) FILTER (WHERE snapshot.id IS NOT NULL),
        count(*) FILTER (WHERE snapshot.id IS NULL AND line.state <> 'quoted'),
        sum(line.unit_price * line.quantity),
        coalesce(sum(line.unit_price * line.quantity) FILTER (WHERE snapshot.id IS NOT NULL), 0)
    FROM orders_orderline AS line
    JOIN orders_order AS parent ON parent.id = line.order_id
    JOIN orders_product AS product ON product.id = line.product_id
    LEFT JOIN orders_snapshot AS snapshot ON snapshot.line_id = line.id
    CROSS JOIN LATERAL (
        SELECT '' AS code, '' AS value
        UNION ALL
        SELECT each.key, item.value FROM jsonb_each(line.choices) AS each CROSS JOIN LATERAL
            jsonb_array_elements_text(CASE jsonb_typeof(each.value)
                WHEN 'array' THEN each.value ELSE jsonb_build_array(each.value) END) AS item(value)
    ) AS choice
    WHERE parent.quoted_at >= %(since)s
        AND (snapshot.id IS NOT NULL OR line.state IN ('quoted', 'declined', 'expired'))
    GROUP BY product.id, parent.currency, choice.code, choice.value
"""
"""Every line that was sent, once for its product (no code) and once for each of its choices. It is won where
it was released, open while it is quoted, lost where it was declined, left out or expired."""


@dataclass(frozen=True)
class WinRate:
    """How often something was quoted (open ones included), won and lost, and for how much."""

    quoted: int
    won: int
    lost: int
    value: Decimal
    won_value: Decimal

    @property
    def percent(self) -> Decimal | None:
        """Won among those decided; None while none is."""
        decided = self.won + self.lost
        return Decimal(100 * self.won) / decided if decided else None


@dataclass(frozen=True)
class OptionWins:
    """One option of a choice."""

    choice: str
    option: str
    rate: WinRate


@dataclass
class ProductWins:
    """A product in one currency with its options, by choice."""

    product: Product
    currency: str
    rate: WinRate = field(default_factory=lambda: WinRate(0, 0, 0, Decimal(0), Decimal(0)))
    options: list[OptionWins] = field(default_factory=list)


def win_rates(since: datetime) -> list[ProductWins]:
    """Products quoted since then, the most valuable first; one grouped statement."""
    rows = fetch(WIN_RATES, {"since": since})
    products = Product.objects.in_bulk({row[0] for row in rows})
    words = {product.pk: _words(product) for product in products.values()}
    found: dict[tuple[int, str], ProductWins] = {}
    for product, currency, code, value, *numbers in rows:
        one = found.setdefault((product, currency), ProductWins(products[product], currency))
        rate = WinRate(*numbers)
        if not code:
            one.rate = rate
        elif (code, value) in words[product]:
            one.options.append(OptionWins(*words[product][code, value], rate))
    for one in found.values():
        one.options.sort(key=lambda row: (row.choice, -row.rate.quoted, row.option))
    return sorted(found.values(), key=lambda one: (-one.rate.value, one.product.code))


def lost_reasons(since: datetime) -> list[tuple[str, int]]:
    """Why revisions sent since then were rejected, the most frequent reason first."""
    lost = QuotationRevision.objects.filter(sent_at__gte=since).exclude(lost_reason="").order_by()
    rows = lost.values_list("lost_reason").annotate(count=Count("id")).order_by("-count", "lost_reason")
    return [(str(LostReason(reason).label), count) for reason, count in rows]


def _words(product: Product) -> Mapping[tuple[str, str], tuple[str, str]]:
    """The labels of choice and option by their codes; a product that cannot be read has none."""
    try:
        groups = compiled_product(product).model.groups
    except Refused:
        return {}
    return {
        (group.code, option.code): (group.label, option.label) for group in groups for option in group.options
    }
