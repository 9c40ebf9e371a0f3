"""Price lists: made and changed, with the products on them, their quantity breaks and option prices."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from decimal import Decimal

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction

from kernel.errors import Refused
from kernel.wording import did_you_mean
from orders.engine.terms import AdderRow, BreakRow
from orders.models import Customer, ListPrice, OptionPrice, PriceGroup, PriceList, Product, QuantityBreak
from orders.selectors import latest_revision, product_model

ZERO = Decimal(0)


@transaction.atomic
def keep_price_list(
    *,
    price_list: PriceList | None = None,
    code: str = "",
    name: str,
    currency: str,
    valid_from: date,
    valid_until: date | None = None,
    group: PriceGroup | None = None,
    customer: Customer | None = None,
) -> PriceList:
    """A new price list, or this one changed; its code stays. For a group, one `customer`, or everybody.

    A customer without a price group gets one of its own. Refused at the field for a taken code, an unknown
    currency, days out of order or days on which another list holds for the same customers and currency, and
    where the currency of a list with prices would change.
    """
    if customer is not None:
        group = _group_of(customer, group)
    kept = price_list or PriceList(code=code.strip())
    if kept.pk and kept.currency != currency and kept.prices.exists():
        raise Refused(
            f"{kept.code} has prices in {kept.currency}.", field="currency", remedy="Make another price list."
        )
    if valid_until is not None and valid_until < valid_from:
        raise Refused("It ends before it begins.", field="valid_until", remedy="Give a later day, or none.")
    kept.name, kept.currency, kept.group = name.strip(), currency, group
    kept.valid_from, kept.valid_until = valid_from, valid_until
    _check(kept)
    kept.save()
    return kept


@transaction.atomic
def keep_list_price(
    *,
    price_list: PriceList,
    product: Product,
    base_price: Decimal | None = None,
    discount_percent: Decimal = ZERO,
    breaks: Sequence[BreakRow] = (),
    adders: Sequence[AdderRow] = (),
) -> ListPrice:
    """What the list says of the product, in place of what it said before.

    Refused at the field, at `breaks.<row>.<field>` or `adders.<row>.<field>`: percentages outside 0 to 100,
    negative prices, a break without price and discount or with both, a row twice, an unknown choice or
    option with the nearest one.
    """
    PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk)
    kept = ListPrice.objects.filter(price_list=price_list, product=product).first()
    kept = kept or ListPrice(price_list=price_list, product=product)
    kept.base_price, kept.discount_percent = base_price, discount_percent
    _check(kept)
    _check_adders(product, adders)
    kept.save()
    kept.breaks.all().delete()
    kept.options.all().delete()
    stairs = [QuantityBreak(list_price=kept, **asdict(row)) for row in breaks]
    _check_rows("breaks", "from_quantity", stairs, [row.from_quantity for row in breaks])
    QuantityBreak.objects.bulk_create(stairs)
    options = [OptionPrice(list_price=kept, **asdict(row)) for row in adders]
    _check_rows("adders", "option", options, [(row.choice, row.option) for row in adders])
    OptionPrice.objects.bulk_create(options)
    return kept


@transaction.atomic
def remove_list_price(*, price_list: PriceList, product: Product) -> None:
    """Take a product off the list: its own prices hold again. Nothing happens where it is not on it."""
    ListPrice.objects.filter(price_list=price_list, product=product).delete()


def _group_of(customer: Customer, group: PriceGroup | None) -> PriceGroup:
    if group is not None:
        raise Refused("A group and a customer are given.", field="customer", remedy="Give one of the two.")
    shared = customer.price_group
    if shared is None:
        shared, _ = PriceGroup.objects.get_or_create(code=customer.code, defaults={"name": customer.name})
        Customer.objects.filter(pk=customer.pk).update(price_group=shared)
        return shared
    if shared.customers.exclude(pk=customer.pk).exists():
        raise Refused(
            f"{customer} shares the prices of {shared.name}.",
            field="customer",
            remedy=f"Choose the group {shared.code}, or take the customer out of it under Master data.",
        )
    return shared


def _check_adders(product: Product, adders: Sequence[AdderRow]) -> None:
    choices = {row.code: row for row in product_model(latest_revision(product)).groups} if adders else {}
    for index, row in enumerate(adders):
        if row.choice not in choices:
            raise Refused(
                f"{product.code} has no choice {row.choice[:40]}.",
                field=f"adders.{index}.choice",
                remedy=did_you_mean(row.choice, choices, "Give the code of a choice of the product."),
            )
        options = [option.code for option in choices[row.choice].options]
        if (row.option and row.option not in options) or (options and not row.option):
            raise Refused(
                f"{row.choice} has no option “{row.option[:40]}”.",
                field=f"adders.{index}.option",
                remedy=did_you_mean(row.option, options, f"Give one of {', '.join(options[:8])}."),
            )


def _check_rows(kind: str, unique: str, rows: Sequence[models.Model], keys: Sequence[object]) -> None:
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        if key in keys[:index]:
            raise Refused(
                "This row is there twice.", field=f"{kind}.{index}.{unique}", remedy="Leave one out."
            )
        _check(row, f"{kind}.{index}.")


def _check(row: models.Model, where: str = "") -> None:
    """Refused at the first field that the table would not take; its constraints included."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        named = "" if field == NON_FIELD_ERRORS else field
        at = f"{where}{named}" if named or not where else f"{where}{UNNAMED}"
        raise Refused(messages[0], field=at) from error


UNNAMED = "discount_percent"
"""Where a rule over several fields of a row is told."""
