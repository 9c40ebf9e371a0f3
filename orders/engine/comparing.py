"""Two revisions of a quotation side by side: what stands in both, what changed, came and went."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HEAD = (
    ("Valid until", "valid_until"),
    ("Requested date", "requested_date"),
    ("Customer PO", "customer_po"),
    ("Contact", "contact"),
    ("Ship to", "ship_to"),
    ("Incoterm", "incoterm"),
    ("Named place", "incoterm_place"),
    ("Payment terms", "payment_terms"),
    ("Delivery time", "delivery_time"),
    ("Note", "note"),
    ("Total", "total"),
    ("Options", "options_total"),
)
FACTS = (
    ("Product", "product"),
    ("Quantity", "quantity"),
    ("Unit price", "unit_price"),
    ("Amount", "total"),
    ("Requested date", "requested_date"),
    ("Note", "note"),
)
COSTS = (("Cost of one piece", "unit_cost"), ("Margin", "margin"))
MONEY = frozenset({"unit_price", "unit_cost", "total", "options_total"})


@dataclass(frozen=True)
class Row:
    """One fact in both; empty where a side has none. `money` says that both are amounts."""

    label: str
    left: str
    right: str
    money: bool = False

    @property
    def changed(self) -> bool:
        """Whether the sides differ."""
        return self.left != self.right


@dataclass(frozen=True)
class LinePair:
    """A line in both: `standing` is same, changed, added or removed."""

    position: int
    name: str
    standing: str
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Comparison:
    """All of two revisions; only rows that one side has at least are in it."""

    head: tuple[Row, ...]
    lines: tuple[LinePair, ...]

    @property
    def changes(self) -> int:
        """How many facts differ."""
        rows = [*self.head, *(row for line in self.lines for row in line.rows)]
        return sum(row.changed for row in rows)


def compare_contents(left: Mapping[str, Any], right: Mapping[str, Any]) -> Comparison:
    """Head and lines of two contents (orders.selectors.quotations.content_of); lines pair by position."""
    head = [_row(label, name, left, right) for label, name in HEAD]
    plan = Row("Payment plan", _plan(left), _plan(right))
    mine = {row["position"]: row for row in left["lines"]}
    theirs = {row["position"]: row for row in right["lines"]}
    pairs = (_pair(at, mine.get(at), theirs.get(at)) for at in sorted(mine.keys() | theirs.keys()))
    return Comparison(tuple(row for row in [*head, plan] if row.left or row.right), tuple(pairs))


def compare_lines(left: Mapping[str, Any], right: Mapping[str, Any]) -> tuple[Row, ...]:
    """Two lines of one quotation, as our own people read them: facts, cost, then what was chosen."""
    rows = [_row(label, name, left, right) for label, name in (*FACTS, *COSTS)]
    return tuple(row for row in (*rows, *_specification(left, right)) if row.left or row.right)


def _pair(position: int, left: Mapping[str, Any] | None, right: Mapping[str, Any] | None) -> LinePair:
    rows = [_row(label, name, left or {}, right or {}) for label, name in FACTS]
    rows.append(Row("Option line", _option(left), _option(right)))
    rows.append(Row("Further quantities", _others(left), _others(right)))
    rows += _specification(left or {}, right or {})
    shown = tuple(row for row in rows if row.left or row.right)
    changed = "changed" if any(row.changed for row in shown) else "same"
    standing = "added" if left is None else "removed" if right is None else changed
    return LinePair(position, str((right or left or {}).get("product", "")), standing, shown)


def _row(label: str, name: str, left: Mapping[str, Any], right: Mapping[str, Any]) -> Row:
    return Row(label, str(left.get(name, "")), str(right.get(name, "")), name in MONEY)


def _specification(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[Row]:
    mine = {row["code"]: row for row in left.get("specification", ())}
    theirs = {row["code"]: row for row in right.get("specification", ())}
    codes = [*theirs, *(code for code in mine if code not in theirs)]
    return [
        Row(
            (theirs.get(code) or mine[code])["label"],
            mine.get(code, {}).get("text", ""),
            theirs.get(code, {}).get("text", ""),
        )
        for code in codes
    ]


def _option(line: Mapping[str, Any] | None) -> str:
    return "yes" if line and line["optional"] else ""


def _others(line: Mapping[str, Any] | None) -> str:
    rows = line["alternatives"] if line else ()
    return "; ".join(f"{row['quantity']} at {row['unit_price']}" for row in rows)


def _plan(content: Mapping[str, Any]) -> str:
    return "; ".join(
        f"{part['amount'] or part['percent'] + ' %'} {part['event']} {part['days_net']} days net"
        for part in content["payment_plan"]
    )
