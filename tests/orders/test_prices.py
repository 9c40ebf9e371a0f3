"""Prices and rates in the database: no day has two answers, no approval is one's own or changed."""

from collections.abc import Callable
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model
from django.db.utils import DatabaseError

from orders.models import (
    CostRate,
    CurrencyRate,
    ListPrice,
    OverheadRate,
    PriceApproval,
    PriceGroup,
    PriceList,
    Process,
    QuantityBreak,
    TaxRule,
)
from tests.orders import cast

pytestmark = pytest.mark.django_db

DAY, LATER = date(2026, 1, 1), date(2026, 7, 1)


def listed(**fields: object) -> ListPrice:
    """A price list for all with one desk."""
    values: dict[str, object] = {"code": "ALL", "name": "All", "valid_from": DAY, **fields}
    return PriceList.objects.create(**values).prices.create(product=cast.desk())


DATED: dict[str, Callable[..., Model]] = {
    "price list": lambda n, **days: PriceList(code=f"L{n}", name="All", **days),
    "tax rule": lambda n, **days: TaxRule(country="DE", percent=n, wording="VAT", **days),
    "overhead": lambda n, **days: OverheadRate(material_percent=n, **days),
    "cost rate": lambda n, **days: CostRate(
        process=Process.objects.get_or_create(code="SAW", name="Saw")[0], labour_per_hour=n, **days
    ),
}


@pytest.mark.parametrize("kind", DATED)
def test_two_rows_for_one_day_are_refused_by_the_database(kind: str) -> None:
    DATED[kind](1, valid_from=DAY).save()
    with pytest.raises(IntegrityError):
        DATED[kind](2, valid_from=LATER).save()


@pytest.mark.parametrize("kind", DATED)
def test_an_overlap_is_told_in_words_before_it_is_stored(kind: str) -> None:
    DATED[kind](1, valid_from=DAY).save()
    with pytest.raises(ValidationError, match="Another row is valid on some of these days"):
        DATED[kind](2, valid_from=LATER).full_clean()


@pytest.mark.parametrize("kind", DATED)
def test_a_row_may_follow_one_that_ended(kind: str) -> None:
    DATED[kind](1, valid_from=DAY, valid_until=date(2026, 6, 30)).save()
    after = DATED[kind](2, valid_from=LATER)
    after.full_clean()
    after.save()
    assert type(after)._default_manager.on(LATER).get() == after  # type: ignore[attr-defined]


def test_groups_and_currencies_have_lists_of_their_own() -> None:
    group = PriceGroup.objects.create(code="DEALER", name="Dealers")
    listed()
    PriceList.objects.create(code="D", name="Dealers", group=group, valid_from=DAY)
    PriceList.objects.create(code="U", name="All, USD", currency="USD", valid_from=DAY)
    assert PriceList.objects.on(DAY).count() == 3


def test_an_unknown_currency_is_told_with_the_nearest() -> None:
    with pytest.raises(ValidationError, match="Did you mean USD"):
        CurrencyRate(from_currency="USB", to_currency="EUR", valid_from=DAY, rate=1).full_clean()


def test_a_rate_of_zero_and_a_rate_to_itself_are_refused() -> None:
    for fields in ({"to_currency": "EUR", "rate": 0}, {"to_currency": "USD", "rate": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CurrencyRate.objects.create(from_currency="USD", valid_from=DAY, **fields)


@pytest.mark.parametrize("fields", [{}, {"base_price": 5, "discount_percent": 5}, {"base_price": -1}])
def test_a_quantity_break_is_either_a_price_or_a_percentage(fields: dict[str, object]) -> None:
    with pytest.raises(IntegrityError):
        QuantityBreak.objects.create(list_price=listed(), from_quantity=10, **fields)


def approval(**fields: object) -> PriceApproval:
    """Somebody's yes to a price somebody else made."""
    values: dict[str, object] = {
        "order": cast.quotation(), "position": 10, "fingerprint": "f", "unit_price": 1, "reason": "20 %",
        "discount_percent": 20, "priced_by": cast.seller(), "approved_by": cast.seller(), "at": cast.NOW,
    }  # fmt: skip
    return PriceApproval.objects.create(**{**values, **fields})


def test_nobody_approves_the_own_price() -> None:
    seller = cast.seller()
    with pytest.raises(IntegrityError):
        approval(priced_by=seller, approved_by=seller)


def test_an_approval_cannot_be_changed() -> None:
    given = approval()
    with pytest.raises(DatabaseError, match="append-only"):
        PriceApproval.objects.filter(pk=given.pk).update(note="x")


def test_no_line_leaves_the_draft_without_the_approval_it_needs() -> None:
    line = cast.quotation().lines.get()
    with pytest.raises(IntegrityError):
        type(line).objects.filter(pk=line.pk).update(state="quoted", approval_reason="20 % discount")
