"""Operations from a routing that was frozen for a job: not stored yet, one for each of its rows."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from orders.models import OrderLine
from planning.models import Operation
from planning.selectors.shop.resources import Resources

Row = Mapping[str, Any]


def operations_of(line: OrderLine, routing: Iterable[Row], resources: Resources) -> list[Operation]:
    """The operations of a job by sequence, as the routing says; with the skills and tools that are known."""
    rows = sorted(routing, key=lambda row: int(row["sequence"]))
    skills, tools = resources.people.skill_ids(), resources.people.tool_numbers()
    return [
        Operation(
            line=line,
            sequence=row["sequence"],
            name=row["name"],
            process_id=row["process_id"],
            setup_minutes=row["setup_minutes"],
            run_minutes=row["run_minutes"],
            setup_family=row["setup_family"],
            unattended=row["unattended"],
            instructions=row["instructions"],
            after=after,
            queue_minutes=row.get("queue_minutes", 0),
            wait_minutes=row.get("wait_minutes", 0),
            skills=[skills[code] for code in row.get("skills", ()) if code in skills],
            tools=[tools[code] for code in row.get("tools", ()) if code in tools],
            quantity=line.quantity,
            batch_size=row.get("batch_size", 0),
            outside_days=row.get("outside_days", 0) if row.get("outside") else 0,
            shared=row["process_id"] in resources.shared,
        )
        for row, after in zip(rows, _after(rows), strict=True)
    ]


def unknown_needs(routing: Iterable[Row], resources: Resources) -> tuple[set[str], set[str]]:
    """The codes of skills and of tools that a routing names and the shop has never heard of."""
    rows = list(routing)
    skills = {code for row in rows for code in row.get("skills", ())}
    tools = {code for row in rows for code in row.get("tools", ())}
    return skills - resources.people.skill_ids().keys(), tools - resources.people.tool_numbers().keys()


def _after(rows: Sequence[Row]) -> list[list[int] | None]:
    """What each row follows; None throughout where each only follows the one before it."""
    chain = [[] if not at else [int(rows[at - 1]["sequence"])] for at in range(len(rows))]
    named = [
        before if row.get("after") is None else sorted(row["after"])
        for row, before in zip(rows, chain, strict=True)
    ]
    return [None] * len(rows) if named == chain else [*named]
