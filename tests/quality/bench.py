"""Jobs at the inspection bench."""

from decimal import Decimal
from typing import Any

from orders.models import OrderLine
from quality.models import Inspection
from quality.services import inspect_jobs, record
from tests.planning.shop import MONDAY, Shop, make_job
from tests.production.floor import move_of

CHARACTERISTICS: list[dict[str, Any]] = [
    {"number": 1, "label": "Width", "kind": "measured", "nominal": "302", "lower": "301.5", "upper": "302.5",
     "expected": "", "unit": "mm", "method": "Caliper", "key": True},
    {"number": 2, "label": "CPU temperature", "kind": "measured", "nominal": None, "lower": None,
     "upper": "85", "expected": "", "unit": "C", "method": "Sensor", "key": False},
    {"number": 3, "label": "Memory", "kind": "attribute", "nominal": None, "lower": None, "upper": None,
     "expected": "64 GB", "unit": "", "method": "Boot log", "key": False},
    {"number": 4, "label": "Asset tag", "kind": "attribute", "nominal": None, "lower": None, "upper": None,
     "expected": "NB-1", "unit": "", "method": "Visual", "key": False},
    {"number": 5, "label": "Strength", "kind": "measured", "nominal": None, "lower": "3", "upper": None,
     "expected": "", "unit": "N", "method": "", "key": False},
]  # fmt: skip
GOOD: dict[int, Decimal | bool | None] = {
    1: Decimal("302.5"), 2: Decimal(70), 3: True, 4: True, 5: Decimal("3.2")
}  # fmt: skip
HOT = {**GOOD, 2: Decimal(91)}


def to_inspect(shop: Shop, **fields: Any) -> tuple[OrderLine, Inspection]:
    """A job in quality with five characteristics and its inspection open."""
    line = make_job(shop, state="quality", characteristics=CHARACTERISTICS, **fields)
    inspect_jobs(moves=[move_of(line, "produced")], now=MONDAY)
    return line, Inspection.objects.get(line=line)


def recorded(shop: Shop, values: dict[int, Decimal | bool | None]) -> tuple[OrderLine, Inspection]:
    """The same with values recorded."""
    line, inspection = to_inspect(shop)
    return line, record(inspection=inspection, values=values, by=None, now=MONDAY)
