"""The commercial conditions of a day in one statement: price lists, rates, taxes, costs and limits."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone

from kernel import clock
from kernel.bases import fetch
from orders.engine import (
    BreakRow,
    CostBasis,
    Exchange,
    Limit,
    ListTerms,
    ProcessRate,
    RateRow,
    TaxRow,
    Terms,
)
from orders.models import CurrencyRate, Customer, Role, User

ZERO = Decimal(0)
Row = Mapping[str, Any]

VALID = "{0}.valid_from <= %(day)s AND ({0}.valid_until IS NULL OR {0}.valid_until >= %(day)s)"
ALL = "coalesce(json_agg(row_to_json(found)), '[]')"
CONDITIONS = f"""
WITH chosen AS (
    SELECT DISTINCT ON (item.product_id) item.id, item.product_id AS product, item.base_price,
        item.discount_percent, list.currency, 'Price list ' || list.code AS name
    FROM orders_listprice AS item JOIN orders_pricelist AS list ON list.id = item.price_list_id
    WHERE item.product_id = ANY(%(products)s) AND {VALID.format("list")}
        AND (list.group_id IS NULL OR list.group_id = %(group)s)
    ORDER BY item.product_id, list.group_id IS NULL, list.currency <> %(currency)s, list.id
), listed AS (
    SELECT chosen.*,
        (SELECT {ALL} FROM (
            SELECT choice, option, adder FROM orders_optionprice WHERE list_price_id = chosen.id
        ) AS found) AS options,
        (SELECT {ALL} FROM (
            SELECT from_quantity, base_price, discount_percent
            FROM orders_quantitybreak WHERE list_price_id = chosen.id
        ) AS found) AS breaks
    FROM chosen
)
SELECT json_build_object(
    'company', (SELECT currency FROM orders_company ORDER BY id LIMIT 1),
    'lists', (SELECT {ALL} FROM listed AS found),
    'exchange', (SELECT {ALL} FROM (
        SELECT DISTINCT ON (from_currency, to_currency) from_currency, to_currency, rate, valid_from
        FROM orders_currencyrate WHERE valid_from <= %(day)s
        ORDER BY from_currency, to_currency, valid_from DESC
    ) AS found),
    'taxes', (SELECT {ALL} FROM (
        SELECT country, customer_category, product_category, percent, wording
        FROM orders_taxrule AS tax WHERE {VALID.format("tax")} ORDER BY id
    ) AS found),
    'processes', (SELECT {ALL} FROM (
        SELECT process.code, rate.setup_per_hour, rate.machine_per_hour, rate.labour_per_hour,
            rate.overhead_percent, rate.valid_from
        FROM orders_costrate AS rate JOIN orders_process AS process ON process.id = rate.process_id
        WHERE {VALID.format("rate")}
    ) AS found),
    'overhead', (SELECT {ALL} FROM (
        SELECT material_percent, admin_percent, valid_from FROM orders_overheadrate AS rate
        WHERE {VALID.format("rate")}
    ) AS found),
    'limits', (SELECT {ALL} FROM (
        SELECT role, most_discount_percent, least_margin_percent FROM orders_pricingpolicy
    ) AS found)
)::text
"""


@dataclass(frozen=True)
class Conditions:
    """What holds for one customer, currency and day; price lists by product id, limits by role."""

    currency: str
    exchange: Exchange
    basis: CostBasis
    lists: Mapping[int, ListTerms] = field(default_factory=dict)
    taxes: Sequence[TaxRow] = ()
    limits: Mapping[str, Limit] = field(default_factory=dict)

    def terms(self, product_id: int, discount_percent: Decimal = ZERO) -> Terms:
        """The terms of one line."""
        return Terms(self.currency, self.exchange, self.lists.get(product_id), discount_percent)

    def limits_of(self, user: User | None) -> list[Limit]:
        """How far this person may go alone; what came without a person is judged as if sales gave it."""
        roles = user.roles if user is not None else [Role.SALES]
        return [self.limits[role] for role in roles if role in self.limits]


def conditions(
    *, customer: Customer | None, currency: str, products: Collection[int], day: date
) -> Conditions:
    """Everything prices and costs of these products depend on that day, besides the products; one statement.

    A price list of the customer's group comes before one for all, one in `currency` before another. Costs
    are in the company's currency, EUR where nothing is said.
    """
    values = {
        "day": day,
        "group": customer.price_group_id if customer else None,
        "currency": currency,
        "products": list(products),
    }
    found = json.loads(fetch(CONDITIONS, values)[0][0], parse_float=Decimal, parse_int=Decimal)
    return Conditions(
        currency=currency,
        exchange=Exchange(
            day, {(row["from_currency"], row["to_currency"]): _rate(row) for row in found["exchange"]}
        ),
        basis=_basis(found),
        lists={int(row["product"]): _list(row) for row in found["lists"]},
        taxes=[TaxRow(*row.values()) for row in found["taxes"]],
        limits={
            row["role"]: Limit(row["most_discount_percent"], row["least_margin_percent"])
            for row in found["limits"]
        },
    )


def currencies_into(currency: str) -> set[str]:
    """The currencies with a rate today from or to this one, and itself; one statement."""
    rates = CurrencyRate.objects.filter(
        Q(from_currency=currency) | Q(to_currency=currency), valid_from__lte=shop_day()
    )
    pairs = rates.values_list("from_currency", "to_currency").distinct()
    return {currency}.union(*pairs)


def shop_day() -> date:
    """Today in the shop's own calendar."""
    return timezone.localtime(clock.now(), timezone.get_default_timezone()).date()


def _rate(row: Row) -> RateRow:
    return RateRow(row["rate"], date.fromisoformat(row["valid_from"]))


def _list(row: Row) -> ListTerms:
    return ListTerms(
        name=row["name"],
        currency=row["currency"],
        base_price=row["base_price"],
        discount_percent=row["discount_percent"],
        adders={(option["choice"], option["option"]): option["adder"] for option in row["options"]},
        breaks=tuple(
            BreakRow(int(each["from_quantity"]), each["base_price"], each["discount_percent"])
            for each in row["breaks"]
        ),
    )


def _basis(found: Row) -> CostBasis:
    overhead = next(iter(found["overhead"]), None)
    return CostBasis(
        currency=found["company"] or "EUR",
        processes={row["code"]: _process(row) for row in found["processes"]},
        material_percent=overhead["material_percent"] if overhead else ZERO,
        admin_percent=overhead["admin_percent"] if overhead else ZERO,
        source=f"Overhead rates since {_day(overhead)}" if overhead else "",
    )


def _process(row: Row) -> ProcessRate:
    return ProcessRate(
        setup=row["setup_per_hour"],
        machine=row["machine_per_hour"],
        labour=row["labour_per_hour"],
        overhead_percent=row["overhead_percent"],
        source=f"Cost rate of {row['code']} since {_day(row)}",
    )


def _day(row: Row) -> str:
    return f"{date.fromisoformat(row['valid_from']):%d.%m.%Y}"
