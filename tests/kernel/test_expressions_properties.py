"""Random formulas against an independent calculation, and random text against the parser."""

import decimal
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.expressions import NUMBER, Choice, EvaluationError, ExpressionError, Scope, check, problem

WATTS = {"C08": 65, "C16": 120, "C32": 280}
SCOPE = Scope(
    {"A": NUMBER, "B": NUMBER, "CPU": Choice.of({code: {"watt": watt} for code, watt in WATTS.items()})}
)
NOISE = Fraction(1, 10**18)

Env = dict[str, object]


class FailsError(Exception):
    """The oracle's word for a calculation without a result."""


@dataclass
class Part:
    """A random formula: its text, what it should give, and whether it must fail before any value is known."""

    source: str
    run: Callable[[Env], object]
    fixed: bool = False
    doomed: bool = False


def combined(source: str, run: Callable[[Env], object], *parts: Part) -> Part:
    doomed = any(part.doomed for part in parts)
    fixed = all(part.fixed for part in parts)
    if fixed and not doomed:
        try:
            run({})
        except FailsError:
            doomed = True
    return Part(source, run, fixed, doomed)


def divided(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise FailsError
    return left / right


def modulo(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise FailsError
    if abs(Fraction(left) / Fraction(right)) >= 10**28:
        raise FailsError
    exact = Fraction(left) - Fraction(right) * math.floor(Fraction(left) / Fraction(right))
    return Decimal(exact.numerator) / Decimal(exact.denominator)


def whole(number: Decimal, rounding: Callable[[Fraction], int]) -> Decimal:
    exact = Fraction(number)
    near = round(exact)
    return Decimal(near if abs(exact - near) <= NOISE else rounding(exact))


ARITHMETIC: dict[str, Callable[[Decimal, Decimal], Decimal]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": divided,
    "%": modulo,
}
FUNCTIONS: dict[str, Callable[[Decimal], Decimal]] = {
    "abs": abs,
    "ceil": lambda number: whole(number, math.ceil),
    "floor": lambda number: whole(number, math.floor),
    "round": lambda number: number.to_integral_value(ROUND_HALF_UP),
    "-": lambda number: -number,
}
ORDER: dict[str, Callable[[Decimal, Decimal], bool]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
    "<>": lambda left, right: left != right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


def literal(number: Decimal) -> Part:
    return Part(format(number, "f"), lambda env: number, fixed=True)


def feature(name: str) -> Part:
    return Part(name, lambda env: env[name])


def arithmetic(parts: tuple[Part, str, Part]) -> Part:
    left, sign, right = parts
    part = combined(
        f"({left.source}) {sign} ({right.source})",
        lambda env: ARITHMETIC[sign](left.run(env), right.run(env)),
        left,
        right,
    )
    if sign in "/%" and right.fixed and not right.doomed and right.run({}) == 0:
        part.doomed = True
    return part


def applied(parts: tuple[str, Part]) -> Part:
    name, inner = parts
    return combined(f"{name}({inner.source})", lambda env: FUNCTIONS[name](inner.run(env)), inner)


def extreme(parts: tuple[str, list[Part]]) -> Part:
    name, inner = parts
    pick = {"min": min, "max": max}[name]
    source = f"{name}({', '.join(part.source for part in inner)})"
    return combined(source, lambda env: pick([part.run(env) for part in inner]), *inner)


def chosen(parts: tuple[Part, Part, Part]) -> Part:
    test, then, other = parts
    source = f"({test.source} ? {then.source} : {other.source})"
    return combined(source, lambda env: then.run(env) if test.run(env) else other.run(env), *parts)


def compared(parts: tuple[Part, str, Part]) -> Part:
    left, sign, right = parts
    return combined(
        f"({left.source} {sign} {right.source})",
        lambda env: ORDER[sign](left.run(env), right.run(env)),
        left,
        right,
    )


def code_test(parts: tuple[str, list[str]]) -> Part:
    sign, codes = parts
    if len(codes) == 1:
        sign = "=" if sign == "in" else "<>"
        return Part(f"(CPU {sign} {codes[0]})", lambda env: (env["CPU"] == codes[0]) is (sign == "="))
    return Part(f"(CPU {sign} {{{', '.join(codes)}}})", lambda env: (env["CPU"] in codes) is (sign == "in"))


def joined(parts: tuple[Part, str, Part]) -> Part:
    left, word, right = parts
    runs: dict[str, Callable[[Env], bool]] = {
        "and": lambda env: left.run(env) and right.run(env),
        "or": lambda env: left.run(env) or right.run(env),
        "implies": lambda env: not left.run(env) or right.run(env),
        "excludes": lambda env: not left.run(env) or not right.run(env),
    }
    return combined(f"({left.source} {word} {right.source})", runs[word], left, right)


def denied(inner: Part) -> Part:
    return combined(f"(not {inner.source})", lambda env: not inner.run(env), inner)


WATT = Part("CPU.watt", lambda env: Decimal(WATTS[str(env["CPU"])]))
decimals = st.decimals(-1000, 1000, places=2)
positive = st.decimals(0, 1000, places=2)
leaves = st.one_of(positive.map(literal), st.sampled_from(["A", "B"]).map(feature), st.just(WATT))
codes = st.lists(st.sampled_from(sorted(WATTS)), min_size=1, max_size=3, unique=True)


def conditions(numbers: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    simple = st.one_of(
        st.tuples(numbers, st.sampled_from(sorted(ORDER)), numbers).map(compared),
        st.tuples(st.sampled_from(["in", "not in"]), codes).map(code_test),
    )
    words = st.sampled_from(["and", "or", "implies", "excludes"])
    return st.one_of(simple, simple.map(denied), st.tuples(simple, words, simple).map(joined))


def grown(numbers: st.SearchStrategy[Part]) -> st.SearchStrategy[Part]:
    return st.one_of(
        st.tuples(numbers, st.sampled_from(sorted(ARITHMETIC)), numbers).map(arithmetic),
        st.tuples(st.sampled_from(sorted(FUNCTIONS)), numbers).map(applied),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(numbers, min_size=1, max_size=3)).map(extreme),
        st.tuples(conditions(numbers), numbers, numbers).map(chosen),
    )


formulas = st.recursive(leaves, grown, max_leaves=12)
environments = st.fixed_dictionaries({"A": decimals, "B": decimals, "CPU": st.sampled_from(sorted(WATTS))})


@settings(max_examples=400, deadline=None)
@given(formulas, environments)
def test_random_formulas_give_what_an_independent_calculation_gives(part: Part, env: Env) -> None:
    with decimal.localcontext(decimal.Context(prec=28)):
        try:
            checked = check(part.source, SCOPE, expects=NUMBER)
        except ExpressionError:
            assert part.doomed
            return
        assert not part.doomed
        try:
            expected = part.run(env)
        except FailsError:
            expected = None
        try:
            assert checked.number(env) == expected
        except EvaluationError:
            assert expected is None


@settings(max_examples=150, deadline=None)
@given(conditions(st.recursive(leaves, grown, max_leaves=4)), environments)
def test_random_conditions_give_what_an_independent_calculation_gives(part: Part, env: Env) -> None:
    with decimal.localcontext(decimal.Context(prec=28)):
        try:
            found: object = check(part.source, SCOPE).boolean(env)
        except ExpressionError:
            assert part.doomed
            return
        except EvaluationError:
            found = FailsError
        try:
            expected: object = part.run(env)
        except FailsError:
            expected = FailsError
        assert found == expected


FRAGMENTS = [
    *"()+-*/%^{}=<>,.?:'\"\n ",
    *[
        "A",
        "CPU",
        "C32",
        "CPU.watt",
        "none",
        "yes",
        "and",
        "or",
        "not",
        "in",
        "implies",
        "if(",
        "max(",
        "count(",
    ],
    *[
        "1",
        "2.5",
        "0",
        "'x'",
        "<=",
        "<>",
        "not in",
        "text(",
        "distinct(",
        "{1, 2}",
        "excludes",
        "²",
        "\x00",
        "é",
    ],
]


def wrong_place(source: str) -> ExpressionError | EvaluationError | None:
    """The error of a formula where its place lies outside of the source; None if all is well."""
    try:
        check(source, SCOPE).evaluate({"A": 1, "B": Decimal("2.5"), "CPU": "C32"})
    except (ExpressionError, EvaluationError) as error:
        lines = source.split("\n")
        inside = 1 <= error.line <= len(lines) and 1 <= error.column <= len(lines[error.line - 1]) + 1
        return None if inside else error
    return None


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=80))
def test_random_text_is_refused_inside_itself_and_never_breaks(source: str) -> None:
    assert wrong_place(source) is None


@settings(max_examples=800, deadline=None)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25), st.sampled_from(["", " "]))
def test_random_pieces_of_formulas_are_refused_inside_themselves(pieces: list[str], glue: str) -> None:
    assert wrong_place(glue.join(pieces)) is None


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=" \n", max_size=40), formulas.filter(lambda part: not part.doomed))
def test_the_place_of_a_wrong_name_is_exact(space: str, part: Part) -> None:
    before = f"{part.source} +{space} "
    found = problem(before + "WRONG", SCOPE)
    assert found is not None
    assert "WRONG" in found.reason
    assert (found.line, found.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
