"""What a shop's database says, and an independent judge of whether it can be true."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from orders.lifecycle import LIFECYCLE

Row = dict[str, Any]
Facts = dict[str, list[Row]]

QUESTIONS = {
    "orders": "SELECT id, number, customer_po, state FROM orders_order",
    "lines": "SELECT id, order_id, quantity, state, moves_made, delivered_at FROM orders_orderline",
    "snapshots": "SELECT line_id, jsonb_array_length(routing) AS steps, "
    "jsonb_array_length(bom) AS materials, jsonb_array_length(characteristics) AS asked FROM orders_snapshot",
    "moves": "SELECT id, line_id, number, event, source, target FROM orders_move ORDER BY line_id, number",
    "handovers": "SELECT id, move_id, line_id, task, done_at, parked_at FROM orders_handover",
    "milestones": "SELECT line_id, code FROM orders_milestone",
    "waiting": "SELECT key, line_id FROM orders_workitem WHERE done_at IS NULL",
    "operations": "SELECT id, line_id, loop, sequence, status, good, scrapped FROM planning_operation",
    "requirements": "SELECT id, line_id, quantity, available, issued, cancelled_at FROM planning_requirement",
    "reservations": "SELECT requirement_id, lot_id, quantity, issued FROM procurement_reservation",
    "lots": "SELECT id, on_hand, reserved FROM procurement_lot",
    "stock_moves": "SELECT lot_id, kind, quantity, requirement_id, purchase_line_id "
    "FROM procurement_stockmove",
    "pegs": "SELECT requirement_id, purchase_line_id, quantity, received FROM procurement_peg",
    "purchase_lines": "SELECT id, quantity, pegged, received FROM procurement_purchaseorderline",
    "work_orders": "SELECT line_id, number, status FROM production_workorder",
    "time_entries": "SELECT operation_id, ended_at, good, scrapped FROM production_timeentry",
    "inspections": "SELECT inspection.id, line_id, loop, status, count(result.id) AS asked, "
    "count(*) FILTER (WHERE result.passed IS FALSE) AS failed FROM quality_inspection AS inspection "
    "LEFT JOIN quality_result AS result ON result.inspection_id = inspection.id GROUP BY inspection.id",
    "ncrs": "SELECT line_id, inspection_id, status FROM quality_nonconformance",
    "shipments": "SELECT id, order_id, status FROM logistics_shipment",
    "packed": "SELECT contents.line_id, contents.quantity, package.shipment_id "
    "FROM logistics_packedline AS contents "
    "JOIN logistics_package AS package ON package.id = contents.package_id",
}
ONCE = ("quote", "confirm", "planned", "supplied", "passed", "shipped", "delivered")


def read(cursor: Any) -> Facts:
    """All facts of the shop, by one cursor."""
    facts: Facts = {}
    for name, question in QUESTIONS.items():
        cursor.execute(question)
        names = [column[0] for column in cursor.description]
        facts[name] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return facts


def contradictions(facts: Facts, orders: int) -> list[str]:
    """What cannot be true where `orders` orders were placed and all delivered; empty where all is well."""
    checks = (
        _arrived,
        _lives,
        _handed_over,
        _built,
        _timed,
        _inspected,
        _supplied,
        _stock,
        _pegged,
        _delivered,
    )
    placed = [] if len(facts["orders"]) == orders else [f"{len(facts['orders'])} orders instead of {orders}"]
    return placed + [problem for check in checks for problem in check(facts)]


def _by(rows: list[Row], *names: str) -> dict[Any, list[Row]]:
    found: dict[Any, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[names[0]] if len(names) == 1 else tuple(row[name] for name in names)].append(row)
    return found


def _total(rows: list[Row], name: str) -> Decimal:
    return sum((row[name] for row in rows), Decimal(0))


def _twice(rows: list[Row], what: str, *names: str) -> Iterator[str]:
    for key, found in _by(rows, *names).items():
        if len(found) > 1:
            yield f"{len(found)} times {what} {key}"


def _failures(facts: Facts) -> Counter[int]:
    """How often each job failed its inspection."""
    return Counter(move["line_id"] for move in facts["moves"] if move["event"] == "failed")


def _arrived(facts: Facts) -> Iterator[str]:
    yield from _twice(facts["orders"], "order number", "number")
    yield from _twice(facts["orders"], "the customer's order", "customer_po")
    for kind in ("orders", "lines"):
        for row in facts[kind]:
            if row["state"] != "delivered":
                yield f"{kind}: {row['id']} is {row['state']}"
    for item in facts["waiting"]:
        if item["line_id"] is not None or item["key"].split(":")[0] in ("pack", "ship", "deliver", "quote"):
            yield f"{item['key']} still waits for somebody"


def _lives(facts: Facts) -> Iterator[str]:
    moves, told = _by(facts["moves"], "line_id"), _by(facts["milestones"], "line_id", "code")
    for line in facts["lines"]:
        life, name = moves[line["id"]], f"job {line['id']}"
        if [move["number"] for move in life] != list(range(1, line["moves_made"] + 1)):
            yield f"{name}: its moves have gaps or repeats"
        places = ["draft", *(move["target"] for move in life)]
        if places[:-1] != [move["source"] for move in life] or places[-1] != line["state"]:
            yield f"{name}: its moves do not join: {places}"
        for move in life:
            row = next(
                (row for row in LIFECYCLE.rows_from(move["source"]) if row.event == move["event"]), None
            )
            if row is None or row.leads_to(move["source"]) != move["target"]:
                yield f"{name}: illegal move {move['event']} from {move['source']} to {move['target']}"
        events = Counter(move["event"] for move in life)
        if any(events[event] != 1 for event in ONCE) or events["produced"] != events["failed"] + 1:
            yield f"{name}: lived {dict(events)}"
        entered = Counter(move["target"] for move in life if move["target"] != move["source"])
        for state, times in entered.items():
            if len(told[line["id"], state]) != times:
                yield f"{name}: entered {state} {times} times, the customer was told otherwise"


def _handed_over(facts: Facts) -> Iterator[str]:
    owed = _by(facts["handovers"], "move_id")
    for move in facts["moves"]:
        rows = [row for row in LIFECYCLE.rows_from(move["source"]) if row.event == move["event"]]
        then = [task for row in rows for task in row.then]
        if sorted(handover["task"] for handover in owed[move["id"]]) != sorted(then):
            yield f"move {move['id']}: handed over to {owed[move['id']]}"
    for handover in facts["handovers"]:
        if handover["done_at"] is None or handover["parked_at"] is not None:
            yield f"handover {handover['id']} of {handover['task']} is not done"


def _built(facts: Facts) -> Iterator[str]:
    yield from _twice(facts["work_orders"], "work order", "number")
    built, steps = _by(facts["work_orders"], "line_id"), _by(facts["operations"], "line_id")
    failures, released = _failures(facts), _by(facts["snapshots"], "line_id")
    for line in facts["lines"]:
        name, operations = f"job {line['id']}", steps[line["id"]]
        if [order["status"] for order in built[line["id"]]] != ["completed"]:
            yield f"{name}: its work orders are {built[line['id']]}"
        planned = [step for step in operations if step["loop"] == 0]
        if [released[line["id"]][0]["steps"]] != [len(planned)]:
            yield f"{name}: {len(planned)} operations are not those of its snapshot"
        loops = sorted(step["loop"] for step in operations if step["loop"])
        if loops != list(range(1, failures[line["id"]] + 1)):
            yield f"{name}: failed {failures[line['id']]} times, reworked in loops {loops}"
        for step in operations:
            if step["status"] != "complete" or step["good"] + step["scrapped"] != line["quantity"]:
                yield f"{name}: operation {step} is not complete"
    yield from _twice(facts["operations"], "operation", "line_id", "loop", "sequence")


def _timed(facts: Facts) -> Iterator[str]:
    entries = _by(facts["time_entries"], "operation_id")
    for operation in facts["operations"]:
        booked = entries[operation["id"]]
        if any(entry["ended_at"] is None for entry in booked):
            yield f"operation {operation['id']}: a clock still runs"
        if any(_total(booked, kind) != operation[kind] for kind in ("good", "scrapped")):
            yield f"operation {operation['id']}: pieces booked are not pieces made: {booked}"


def _inspected(facts: Facts) -> Iterator[str]:
    failures, inspected = _failures(facts), _by(facts["inspections"], "line_id")
    asked, ncrs = _by(facts["snapshots"], "line_id"), _by(facts["ncrs"], "inspection_id")
    for line in facts["lines"]:
        found = sorted(inspected[line["id"]], key=lambda inspection: inspection["loop"])
        verdicts = [inspection["status"] for inspection in found]
        loops = [inspection["loop"] for inspection in found]
        times = failures[line["id"]]
        if loops != list(range(times + 1)) or verdicts != ["rejected"] * times + ["accepted"]:
            yield f"job {line['id']}: failed {times} times, but was inspected {loops} {verdicts}"
        for inspection in found:
            if inspection["asked"] != asked[line["id"]][0]["asked"]:
                yield f"inspection {inspection['id']} does not ask what was ordered"
            rejected = inspection["status"] == "rejected"
            if bool(inspection["failed"]) != rejected:
                yield f"inspection {inspection['id']}: {inspection['status']} against its results"
            if [ncr["status"] for ncr in ncrs[inspection["id"]]] != ["closed"] * rejected:
                yield f"inspection {inspection['id']}: its NCRs are {ncrs[inspection['id']]}"


def _supplied(facts: Facts) -> Iterator[str]:
    needs, reserved = _by(facts["requirements"], "line_id"), _by(facts["reservations"], "requirement_id")
    released, moved = _by(facts["snapshots"], "line_id"), _by(facts["stock_moves"], "requirement_id")
    for line in facts["lines"]:
        if len(needs[line["id"]]) != released[line["id"]][0]["materials"]:
            yield f"job {line['id']}: its requirements are not those of its snapshot"
    for need in facts["requirements"]:
        kept = reserved[need["id"]]
        issued = -_total(
            [move for move in moved[need["id"]] if move["kind"] in ("issue", "return")], "quantity"
        )
        amounts = {need["quantity"], need["available"], need["issued"], _total(kept, "issued"), issued}
        if len(amounts) != 1 or _total(kept, "quantity") != need["quantity"]:
            yield f"requirement {need['id']}: needs, has, used and booked differ: {need}, {kept}, {issued}"


def _stock(facts: Facts) -> Iterator[str]:
    ledger, kept = _by(facts["stock_moves"], "lot_id"), _by(facts["reservations"], "lot_id")
    for lot in facts["lots"]:
        booked = _total(ledger[lot["id"]], "quantity")
        if booked != lot["on_hand"]:
            yield f"lot {lot['id']}: the ledger says {booked}, not {lot['on_hand']}"
        still = _total(kept[lot["id"]], "quantity") - _total(kept[lot["id"]], "issued")
        if still != lot["reserved"] or not 0 <= lot["reserved"] <= lot["on_hand"]:
            yield f"lot {lot['id']}: {lot['reserved']} of {lot['on_hand']} reserved, {still} promised"


def _pegged(facts: Facts) -> Iterator[str]:
    pegs, receipts = _by(facts["pegs"], "purchase_line_id"), _by(facts["stock_moves"], "purchase_line_id")
    for bought in facts["purchase_lines"]:
        name, promised = f"purchase line {bought['id']}", pegs[bought["id"]]
        if _total(promised, "quantity") != bought["pegged"]:
            yield f"{name}: {bought['pegged']} pegged, its pegs say {_total(promised, 'quantity')}"
        came = _total([move for move in receipts[bought["id"]] if move["kind"] == "receipt"], "quantity")
        if came != bought["received"]:
            yield f"{name}: {bought['received']} received, the ledger says {came}"
        for peg in promised:
            if peg["received"] != peg["quantity"]:
                yield f"{name}: {peg['received']} of {peg['quantity']} came for one requirement"


def _delivered(facts: Facts) -> Iterator[str]:
    packed, status = _by(facts["packed"], "line_id"), {row["id"]: row["status"] for row in facts["shipments"]}
    for line in facts["lines"]:
        contents = packed[line["id"]]
        if _total(contents, "quantity") != line["quantity"]:
            yield f"job {line['id']}: {_total(contents, 'quantity')} of {line['quantity']} pieces were packed"
        if any(status[row["shipment_id"]] != "delivered" for row in contents):
            yield f"job {line['id']}: lies in a shipment that was not delivered"
    for shipment in facts["shipments"]:
        if shipment["status"] != "delivered":
            yield f"shipment {shipment['id']} is {shipment['status']}"
