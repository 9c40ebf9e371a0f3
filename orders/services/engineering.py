"""Non-catalogue lines: what is engineered to order, with its own BOM and routing by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction

from kernel.bases import next_numbers
from kernel.clock import now
from kernel.errors import Refused
from orders.engine import BomRow, CharacteristicRow, ProductModel, StepRow
from orders.engine.document import BadDocument, row_from_document
from orders.models import Product, User
from orders.services.locking import today
from orders.services.modelling import create_product
from orders.services.publishing import publish_product

MOST_ROWS = 500
AS_ORDERED = CharacteristicRow(10, "Made as ordered", expected="'yes'", method="Look")


@dataclass(frozen=True)
class HandWork:
    """What somebody typed: one row a line, cells with semicolons between them.

    materials: item; quantity per piece; operation
    operations: number; name; process; set-up minutes; minutes per piece
    checks: what is checked; nominal; lower; upper; unit, or only what and the words expected
    """

    name: str
    unit_price: Decimal
    currency: str
    materials: str
    operations: str
    checks: str = ""


@transaction.atomic
def engineer_product(*, work: HandWork, by: User | None = None) -> Product:
    """A product for one quotation, ready to be ordered; numbered ETO-YYYY-NNNNN, in no catalogue.

    Refused at `materials`, `operations` or `checks` with the line and what is wrong in it.
    """
    model = ProductModel(
        code=next_numbers("ETO", today(now()).year)[0],
        name=work.name.strip(),
        base_price=work.unit_price,
        currency=work.currency,
        bom=tuple(_materials(work.materials)),
        routing=tuple(_operations(work.operations)),
        characteristics=tuple(_checks(work.checks)) or (AS_ORDERED,),
    )
    try:
        revision = create_product(model=model, non_catalogue=True, by=by)
    except BadDocument as error:
        raise Refused(error.message, field="materials", remedy=error.remedy) from error
    return publish_product(product=revision.product, by=by)


def _materials(text: str) -> Iterator[BomRow]:
    names = ("item", "quantity", "operation")
    for number, document in _rows("materials", text, names, whole=frozenset({"operation"})):
        yield _made(BomRow, "materials", number, {"find_number": number * 10, **document})


def _operations(text: str) -> Iterator[StepRow]:
    names = ("sequence", "name", "process", "setup_minutes", "run_minutes")
    for number, document in _rows("operations", text, names, whole=frozenset({"sequence"})):
        yield _made(StepRow, "operations", number, document)


def _checks(text: str) -> Iterator[CharacteristicRow]:
    names = ("label", "nominal", "lower", "upper", "unit")
    for number, document in _rows("checks", text, names):
        if set(document) <= {"label", "nominal"}:
            words = str(document.pop("nominal", "as ordered")).replace("'", "’")
            document |= {"kind": "attribute", "expected": f"'{words}'"}
        else:
            document["kind"] = "measured"
        yield _made(CharacteristicRow, "checks", number, {"number": number * 10, **document})


def _rows(
    field: str, text: str, names: Sequence[str], whole: frozenset[str] = frozenset()
) -> Iterator[tuple[int, dict[str, object]]]:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_ROWS:
        raise Refused(f"{len(lines)} rows are too many.", field=field, remedy=f"Give at most {MOST_ROWS}.")
    for number, line in enumerate(lines, start=1):
        cells = [cell.strip() for cell in line.split(";")]
        if len(cells) > len(names):
            raise Refused(
                f"Row {number} has {len(cells)} cells.", field=field, remedy=f"Give {'; '.join(names)}."
            )
        document: dict[str, object] = {name: cell for name, cell in zip(names, cells, strict=False) if cell}
        for name in whole & document.keys():
            word = str(document[name])
            if not (word.isascii() and word.isdigit() and len(word) < 7):
                raise Refused(f"Row {number}: “{word[:20]}” is no operation number.", field=field)
            document[name] = int(word)
        yield number, document


def _made(kind: Any, field: str, number: int, document: dict[str, object]) -> Any:
    try:
        return row_from_document(kind, document)
    except BadDocument as error:
        raise Refused(f"Row {number}: {error.message}", field=field, remedy=error.remedy) from error
