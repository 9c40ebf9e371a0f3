"""Money by property: every figure is what it opens to, rounded once, whatever the terms."""

import json
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from kernel.money import EXPONENTS, exponent, rounded
from orders.engine import (
    BreakRow,
    Exchange,
    Limit,
    ListTerms,
    Price,
    RateRow,
    TaxRow,
    Terms,
    beyond,
    configure,
    price,
    restored,
    stored,
    tax_for,
    taxes,
)
from orders.engine import figures as fig
from tests.orders import models

DAY = date(2026, 11, 23)
WORKSTATION = models.compiled()
CHOSEN = configure(WORKSTATION, {"CPU": "C32", "PSU": "1000", "ECC": "yes", "RAM": 4})

amounts = st.decimals(0, 100_000, places=2)
percents = st.decimals(0, 100, places=2)
rates = st.decimals(Decimal("0.0001"), 10_000, places=6)
currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD"])
breaks = st.one_of(
    st.builds(BreakRow, st.integers(1, 500), amounts),
    st.builds(BreakRow, st.integers(1, 500), st.none(), percents),
)
lists = st.builds(
    ListTerms,
    st.just("Price list A"),
    currencies,
    st.none() | amounts,
    percents,
    st.dictionaries(st.sampled_from([("CPU", "C32"), ("PSU", "1000")]), amounts),
    st.lists(breaks, max_size=3).map(tuple),
)


def exchange(rate: Decimal) -> Exchange:
    """From euros into all others at one rate, and out of each into every other."""
    codes = ["EUR", "USD", "JPY", "KWD"]
    pairs = [(one, two) for one in codes for two in codes if one < two]
    return Exchange(DAY, {pair: RateRow(rate, DAY) for pair in pairs})


@given(st.none() | lists, currencies, rates, percents, st.integers(1, 1000))
@settings(deadline=None, max_examples=200)
def test_every_price_is_what_it_opens_to_and_rounded_once(
    prices: ListTerms | None, currency: str, rate: Decimal, discount: Decimal, quantity: int
) -> None:
    made = price(WORKSTATION, CHOSEN, quantity, Terms(currency, exchange(rate), prices, discount))
    exact = fig.summed(made.figure.parts)
    assert list(fig.faults(made.figure)) == []
    assert made.unit_price == exact.quantize(Decimal(1).scaleb(-exponent(currency)), ROUND_HALF_UP)
    assert restored(json.loads(json.dumps(stored(made.figure)))) == made.figure


@given(st.integers(0, 10**6), percents, percents)
def test_discounts_follow_one_another_exactly(cents: int, first: Decimal, second: Decimal) -> None:
    base = Decimal(cents) / 100
    prices = ListTerms("L", "EUR", base, first, {}, ())
    plain_model = models.compiled(features=(), parameters=(), rules=(), prices=(), bom=(), routing=(
        replace(models.WORKSTATION.routing[2], condition=""),), characteristics=())  # fmt: skip
    made = price(plain_model, configure(plain_model, {}), 1, Terms("EUR", Exchange(DAY), prices, second))
    exact = Fraction(base) * (1 - Fraction(first) / 100) * (1 - Fraction(second) / 100)
    assert abs(Fraction(made.unit_price) - exact) <= Fraction(1, 200)


@given(amounts, rates, currencies)
def test_there_and_back_again_stays_within_half_a_coin_each_way(
    amount: Decimal, rate: Decimal, currency: str
) -> None:
    assume(currency != "EUR")
    there = exchange(rate).into(fig.given("x", amount, "EUR"), currency)
    back = exchange(rate).into(there, "EUR")
    assert abs(back.amount - amount) <= Decimal("1e-20") * (1 + amount)
    coin = Fraction(1, 10 ** exponent(currency)) / 2
    rounded_there = fig.given("x", rounded(there.amount, currency), currency)
    again = exchange(rate).into(rounded_there, "EUR").amount
    assert abs(Fraction(again) - Fraction(amount)) <= coin / Fraction(rate) + Fraction(1, 10**12)


@given(st.lists(st.tuples(st.integers(1, 999), percents), min_size=1, max_size=5), st.integers(1, 1000))
@settings(deadline=None, max_examples=100)
def test_more_pieces_never_cost_more_each_where_the_breaks_say_so(
    steps: list[tuple[int, Decimal]], quantity: int
) -> None:
    sizes, offs = sorted({size for size, _ in steps}), sorted(off for _, off in steps)
    rows = tuple(BreakRow(size, None, off) for size, off in zip(sizes, offs, strict=False))
    terms = Terms("EUR", Exchange(DAY), ListTerms("L", "EUR", breaks=rows))
    few, many = (price(WORKSTATION, CHOSEN, number, terms).unit_price for number in (quantity, quantity + 1))
    assert many <= few


@given(st.lists(st.tuples(amounts, st.sampled_from([Decimal(0), Decimal(7), Decimal(19)])), max_size=20))
def test_a_tax_is_rounded_once_on_all_its_lines(lines: list[tuple[Decimal, Decimal]]) -> None:
    found = taxes([(net, percent, f"{percent} %") for net, percent in lines], "EUR")
    assert sum((tax.net for tax in found), Decimal(0)) == sum((net for net, _ in lines), Decimal(0))
    for tax in found:
        exact = Fraction(tax.net) * Fraction(tax.percent) / 100
        assert abs(Fraction(tax.amount) - exact) <= Fraction(1, 200)


def test_a_line_without_a_tax_rule_has_no_tax() -> None:
    assert taxes([(Decimal(5), None, "")], "EUR") == []


def test_a_figure_that_was_tampered_with_is_found() -> None:
    made = price(WORKSTATION, CHOSEN, 1)
    parts = (replace(made.figure.parts[0], amount=Decimal(1)), *made.figure.parts[1:])
    assert next(fig.faults(replace(made.figure, parts=parts))).startswith("Price of one piece: ")


def listed(quantity: int, **fields: object) -> Price:
    """The workstation by a price list."""
    terms = ListTerms(**{"name": "Price list A", "currency": "EUR", **fields})
    return price(WORKSTATION, CHOSEN, quantity, Terms("EUR", Exchange(DAY), terms))


def test_a_list_replaces_base_price_and_adders_and_says_so() -> None:
    made = listed(1, base_price=Decimal(900), adders={("CPU", "C32"): Decimal(1700)})
    said = {part.label: (part.amount, part.source) for part in made.figure.parts}
    assert said["Base price"] == (Decimal(900), "Price list A")
    assert said["Processor: 32 cores"] == (Decimal(1700), "Option CPU = C32, Price list A")
    assert said["Power supply: 1000 W"] == (Decimal(140), "Option PSU = 1000")


def test_the_highest_break_that_is_reached_counts() -> None:
    rows = (BreakRow(50, Decimal(700)), BreakRow(10, Decimal(800)))
    bases = [listed(quantity, breaks=rows).trace[0].amount for quantity in (9, 10, 49, 50)]
    assert bases == [Decimal(1000), Decimal(800), Decimal(800), Decimal(700)]


def test_another_currency_without_a_rate_names_field_and_remedy() -> None:
    with pytest.raises(Refused) as caught:
        price(WORKSTATION, CHOSEN, 1, Terms("USD", Exchange(DAY)))
    assert caught.value.message == "There is no rate from EUR to USD on 23.11.2026."
    assert caught.value.field == "currency"
    assert caught.value.remedy == "Enter the currency rate EUR to USD, or a price list in USD."


def test_a_list_in_the_currency_of_the_offer_needs_no_rate() -> None:
    compiled = models.compiled(features=(), rules=(), prices=(), parameters=(), bom=(), characteristics=(),
        routing=(replace(models.WORKSTATION.routing[2]),))  # fmt: skip
    terms = Terms("USD", Exchange(DAY), ListTerms("L", "USD", Decimal(1200)))
    assert price(compiled, configure(compiled, {}), 1, terms).unit_price == Decimal("1200.00")


GERMAN = TaxRow("DE", "", "", Decimal(19), "VAT")
REVERSE = TaxRow("PT", "business", "", Decimal(0), "Reverse charge")
PORTUGAL = TaxRow("PT", "", "", Decimal(23), "IVA")
BOOKS = TaxRow("", "", "reduced", Decimal(7), "Reduced")
ANY = TaxRow("", "", "", Decimal(20), "Other")
RULES = [ANY, BOOKS, GERMAN, PORTUGAL, REVERSE]


@pytest.mark.parametrize(
    ("country", "customer", "product", "expected"),
    [
        ("DE", "business", "standard", GERMAN),
        ("PT", "business", "standard", REVERSE),
        ("PT", "consumer", "standard", PORTUGAL),
        ("NO", "business", "reduced", BOOKS),
        ("NO", "business", "standard", ANY),
        ("DE", "business", "reduced", GERMAN),
    ],
)
def test_the_most_specific_tax_rule_counts(
    country: str, customer: str, product: str, expected: TaxRow
) -> None:
    assert tax_for(RULES, country, customer, product) == expected


def test_without_a_fitting_tax_rule_there_is_none() -> None:
    assert tax_for([GERMAN], "PT", "business", "standard") is None


@pytest.mark.parametrize(
    ("discount", "margin", "limits", "reason"),
    [
        ("5", "30", [Limit(Decimal(5), Decimal(20))], ""),
        ("5.01", "30", [Limit(Decimal(5), Decimal(20))], "discount 5.01 % is above 5 %"),
        ("5", "19.9", [Limit(Decimal(5), Decimal(20))], "margin 19.9 % is below 20 %"),
        ("9", "12", [Limit(Decimal(5), Decimal(20)), Limit(Decimal(10), Decimal(10))], ""),
        ("0", "-40", [], ""),
        ("0.01", "90", [], "discount 0.01 % is above 0 %"),
    ],
)
def test_limits_say_why_somebody_may_not_go_alone(
    discount: str, margin: str, limits: list[Limit], reason: str
) -> None:
    assert beyond(Decimal(discount), Decimal(margin), limits) == reason


def test_all_currencies_of_the_properties_are_known() -> None:
    assert {"EUR", "USD", "JPY", "KWD"} <= EXPONENTS.keys()
