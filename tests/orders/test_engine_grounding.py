"""The solver knows of a product exactly what its formulas say: against every combination, one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import combinations, product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from orders.engine import (
    DerivedRow,
    FeatureRow,
    ParameterRow,
    RuleRow,
    choice,
    compile_product,
    configure,
)
from orders.engine.compiling import CompiledProduct
from orders.engine.grounding import Grounding, ground
from orders.engine.logic.solver import compile_tree
from tests.orders.models import WORKSTATION

BARE = replace(WORKSTATION, features=(), parameters=(), rules=(), prices=(), characteristics=())
BARE = replace(BARE, bom=(), routing=WORKSTATION.routing[2:])


def option(code: str, **attributes: int) -> FeatureRow:
    return FeatureRow(code, code, attributes=attributes)


SIZE = choice("SIZE", "Size", (option("S", w=3), option("M", w=5), option("L", w=9)))
TRIM = choice("TRIM", "Trim", (option("none"), option("T1", w=1), option("T2", w=4)), required=False)
DISKS = FeatureRow(
    "DISKS",
    "Disks",
    relation="cardinality",
    high=3,
    children=(option("D1", w=1), option("D2", w=2), option("D3", w=6)),
)
SPORT = FeatureRow(
    "SPORT", "Sport", children=(FeatureRow("WING", "Wing"), FeatureRow("HOOK", "Hook", mandatory=True))
)
COUNT = ParameterRow("N", "Count", minimum=Decimal(0), maximum=Decimal(3), step=Decimal(1), default="0")
FLAG = ParameterRow("QUIET", "Quiet", "flag", condition="SPORT")
WIDE = ParameterRow("WIDTH", "Width", minimum=Decimal(0), maximum=Decimal(700), step=Decimal(10), default="0")

CONDITIONS = (
    "SIZE = L",
    "SIZE in {S, M}",
    "TRIM = none",
    "TRIM <> T1",
    "SPORT",
    "WING and not QUIET",
    "D2 in DISKS",
    "count(DISKS) >= 2",
    "N > 1",
    "SIZE.w + N * TRIM.w <= 9",
    "sum(DISKS.w) + SIZE.w <= 10",
    "1.5 * (SIZE.w + 2) - N > 5",
    "if(SPORT, N = 1, SIZE = S)",
    "WEIGHT < 8",
    "SIZE = S implies N = 0",
    "max(N, SIZE.w) = 3",
)
conditions = st.sampled_from(CONDITIONS)
rules = st.lists(
    st.tuples(st.sampled_from(("requires", "excludes")), st.just("") | conditions, conditions), max_size=5
)


def model(rows: list[tuple[str, str, str]], **more: Any) -> CompiledProduct:
    """A product with these rules."""
    numbered = tuple(RuleRow(number, *row, f"Reason {number}") for number, row in enumerate(rows, 1))
    parts: dict[str, Any] = {
        "features": (SIZE, TRIM, DISKS, SPORT),
        "parameters": (COUNT, FLAG),
        "derived": (DerivedRow("WEIGHT", "Weight", "SIZE.w + TRIM.w + sum(DISKS.w)"),),
        "rules": numbered,
    }
    return compile_product(replace(BARE, **(parts | more)))


def every_way(compiled: CompiledProduct) -> Iterator[dict[str, Any]]:
    """All that could be given for every choice."""
    ways: dict[str, list[Any]] = {}
    for row in compiled.features.values():
        codes = [part.code for part in row.options]
        if row.many:
            ways[row.code] = [list(some) for n in range(len(codes) + 1) for some in combinations(codes, n)]
        else:
            ways[row.code] = [*codes, None] if codes else [True, False]
    for parameter in compiled.model.parameters:
        ways[parameter.code] = [True, False]
        if parameter.kind == "number":
            assert parameter.minimum is not None
            assert parameter.maximum is not None
            assert parameter.step is not None
            steps = int((parameter.maximum - parameter.minimum) / parameter.step)
            ways[parameter.code] = [parameter.minimum + place * parameter.step for place in range(steps + 1)]
    for picked in product(*ways.values()):
        yield dict(zip(ways, picked, strict=True))


def valid_ways(compiled: CompiledProduct) -> list[Mapping[str, Any]]:
    """Those that break nothing, each once."""
    found = {}
    for choices in every_way(compiled):
        read = configure(compiled, choices)
        if read.valid:
            found[tuple(read.values.items())] = read.values
    return list(found.values())


def agrees(compiled: CompiledProduct, grounding: Grounding) -> None:
    """Every feature is possible, and necessary, exactly where some, and all, valid ways have it."""
    ways = valid_ways(compiled)
    solver = compile_tree(grounding.tree).solver()
    if not ways:
        assert not solver.feasible({})
        return
    assert solver.count({}) == len(ways)
    domains = solver.domains({})
    for columns in grounding.columns.values():
        for column in columns:
            for entry in column.entries:
                if entry.literal == 0:
                    continue
                feature, positive = abs(entry.literal) - 1, entry.literal > 0
                seen = [_stands(way[column.name], column.option, entry.value) for way in ways]
                can, must = domains.can[feature], domains.must[feature]
                shared = sum(other.value == entry.value for other in column.entries) > 1
                if not shared:
                    assert (can if positive else not must) == any(seen)
                    assert (must if positive else not can) == all(seen)


def _stands(value: Any, option_code: str | None, wanted: Any) -> bool:
    return (option_code in value) is wanted if option_code else value == wanted


@settings(max_examples=10, deadline=None)
@given(rules)
def test_domains_and_counts_are_those_of_every_combination(rows: list[tuple[str, str, str]]) -> None:
    compiled = model(rows)
    agrees(compiled, ground(compiled))
