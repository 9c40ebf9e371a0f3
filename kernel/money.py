"""Money: a decimal amount with its currency, always a payable amount, never mixed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation, Overflow
from fractions import Fraction
from typing import Final

from kernel.errors import Refused
from kernel.wording import THIN_SPACE, continental, did_you_mean, grouped

_CODES_BY_PLACES = {
    0: "CLP ISK JPY KRW PYG UGX VND XAF XOF",
    2: (
        "AED AUD BGN BRL CAD CHF CNY COP CZK DKK EGP EUR GBP GEL HKD HUF IDR ILS INR KES KZT MAD MXN MYR "
        "NGN NOK NZD PEN PHP PKR PLN QAR RON RSD SAR SEK SGD THB TRY TWD UAH USD UYU ZAR"
    ),
    3: "BHD IQD JOD KWD LYD OMR TND",
}
EXPONENTS: Final[dict[str, int]] = {
    code: places for places, codes in _CODES_BY_PLACES.items() for code in codes.split()
}
"""ISO 4217: how many decimal places an amount in each currency has."""

LARGEST = Decimal(10) ** 15
_CONTEXT = Context(prec=60)


class UnknownCurrency(Refused):
    """A currency code that is not in the table."""


class CurrencyMismatch(Refused):
    """Two amounts in different currencies meet where only one may stand."""


def exponent(currency: str) -> int:
    """The decimal places of a currency; UnknownCurrency with the nearest code."""
    try:
        return EXPONENTS[currency]
    except (KeyError, TypeError):
        remedy = did_you_mean(str(currency), EXPONENTS, "Use an ISO 4217 code such as EUR.")
        raise UnknownCurrency(f"Unknown currency '{currency}'.", field="currency", remedy=remedy) from None


def rounded(amount: Decimal | int, currency: str) -> Decimal:
    """The one rounding rule: to the currency's decimal places, halves away from zero (ROUND_HALF_UP)."""
    places = exponent(currency)
    if isinstance(amount, bool) or not isinstance(amount, (Decimal, int)):
        raise Refused("An amount is a Decimal, never a float.", field="amount", remedy="Give a Decimal.")
    try:
        result = Decimal(amount).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _CONTEXT)
    except (InvalidOperation, Overflow):
        result = Decimal("NaN")
    if not result.is_finite() or abs(result) >= LARGEST:
        raise Refused("The amount is not a number below 10^15.", field="amount", remedy="Correct the amount.")
    return result if result else abs(result)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency, rounded to it when made: Money(Decimal("12.345"), "EUR") is EUR 12.35.

    Adds, subtracts and orders within one currency only (CurrencyMismatch); equality across them is False.
    Keep prices per piece with more digits as Decimal and make Money of the line.
    """

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", rounded(self.amount, self.currency))

    @classmethod
    def zero(cls, currency: str) -> "Money":
        """Nothing, in a currency."""
        return cls(Decimal(0), currency)

    @property
    def minor(self) -> int:
        """The amount in the smallest coins: cents for EUR, yen for JPY."""
        return int(self.amount.scaleb(exponent(self.currency)))

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    def __abs__(self) -> "Money":
        return Money(abs(self.amount), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        if isinstance(factor, bool) or not isinstance(factor, (Decimal, int)):
            return NotImplemented
        return Money(_CONTEXT.multiply(self.amount, Decimal(factor)), self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def share_of(self, whole: "Money") -> Decimal:
        """This amount as a part of another, such as a margin: 0.25; zero of zero is zero."""
        return self.amount / self._same(whole) if whole.amount else Decimal(0)

    def allocate(self, weights: Sequence[Decimal | int]) -> list["Money"]:
        """Split by weights, in their order, without losing a cent: the parts sum up to the whole.

        Each part is its exact share rounded down; the cents left go to the largest remainders, then by order.
        Refused without weights, with a negative weight, or where all are zero.
        """
        shares = [Fraction(weight) for weight in weights]
        if not any(shares) or min(shares) < 0:
            raise Refused("An amount cannot be split by these weights.", remedy="Give weights above zero.")
        total = sum(shares)
        exact = [abs(self.minor) * share / total for share in shares]
        coins = [int(part) for part in exact]
        left = abs(self.minor) - sum(coins)
        for index in sorted(range(len(exact)), key=lambda at: coins[at] - exact[at])[:left]:
            coins[index] += 1
        return [self._of_minor(-coin if self.amount < 0 else coin) for coin in coins]

    def format(self, language: str = "en") -> str:
        """As people read it, with spaces that do not break: 'EUR 12 345.60', in German '12.345,60 EUR'."""
        figures = grouped(format(self.amount, "f"))
        if language == "de":
            return f"{continental(figures)}{THIN_SPACE}{self.currency}"
        return f"{self.currency}{THIN_SPACE}{figures}"

    def __str__(self) -> str:
        return self.format()

    def _of_minor(self, coins: int) -> "Money":
        return Money(Decimal(coins).scaleb(-exponent(self.currency)), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money):
            raise TypeError(f"money meets {type(other).__name__}")
        if other.currency != self.currency:
            message = f"{self.currency} and {other.currency} cannot be put together."
            raise CurrencyMismatch(message, field="currency", remedy=f"Give both amounts in {self.currency}.")
        return other.amount


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of amounts that are all in `currency`; zero of none."""
    return sum(amounts, Money.zero(currency))
