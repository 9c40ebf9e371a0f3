"""Prices say how they came about and are rounded once."""

from decimal import Decimal

import pytest

from kernel.errors import Refused
from orders.engine import FormulaFailed, Price, PriceRow, configure, price
from tests.orders import models


def priced(quantity: int = 1, changes: dict[str, object] | None = None, **choices: object) -> Price:
    compiled = models.compiled(**(changes or {}))
    return price(compiled, configure(compiled, choices), quantity)


def test_the_base_price_stands_alone_without_options() -> None:
    assert priced().trace == (("Base price", Decimal("1000.00")),)


def test_adders_rules_and_percentages_follow_one_another() -> None:
    assert priced(ECC="yes", PSU="650", RAM=4).trace == (
        ("Base price", Decimal("1000.00")),
        ("Power supply: 650 W", Decimal(70)),
        ("Memory", Decimal("66.670")),
        ("ECC memory: Yes (8 %)", Decimal("90.93360")),
    )


def test_the_price_is_rounded_half_up_once_at_the_end() -> None:
    assert priced(RAM=3).unit_price == Decimal("1033.34")
    assert priced(ECC="yes", PSU="650", RAM=4).unit_price == Decimal("1227.60")


def test_the_total_is_the_rounded_unit_price_times_quantity() -> None:
    assert priced(3, RAM=3).total == Decimal("3100.02")


def test_a_price_rule_may_read_the_quantity() -> None:
    discount = PriceRow("From ten on", "QTY >= 10", "-50")
    assert priced(10, {"prices": (discount,)}).unit_price == Decimal("950.00")
    assert priced(9, {"prices": (discount,)}).unit_price == Decimal("1000.00")


def test_a_price_below_zero_is_refused() -> None:
    with pytest.raises(Refused, match="below zero"):
        priced(changes={"prices": (PriceRow("Gift", "", "0 - 2000"),)})


def test_a_price_rule_that_divides_by_zero_is_named() -> None:
    with pytest.raises(FormulaFailed, match="Price rule “Share”, amount"):
        priced(changes={"prices": (PriceRow("Share", "", "1 / (RAM - 2)"),)})
