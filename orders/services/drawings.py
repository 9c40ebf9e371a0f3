"""Drawings put on a line and taken off it, while it is a draft."""

import hashlib
import uuid
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import F
from django.urls import reverse

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.engine.extras import drawn, numbered, sniffed
from orders.models import Drawing, Order, OrderLine, User
from orders.services.locking import lock_order

LARGEST = 20_000_000
MOST = 20
LONGEST_NAME = 120


@transaction.atomic
def add_drawing(
    *, line: OrderLine, name: str, content: bytes, by: User | None, now: datetime | None = None
) -> Drawing:
    """Keep a PDF, DXF, STEP or PNG file of at most 20 MB with a draft's line; its bytes say what it is.

    Refused at `drawing` for any other file, Conflict where the line is no draft any more.
    """
    now = now or clock.now()
    kind = _checked(content)
    held = _hold(line)
    if sum(bool(row["address"]) for row in held.extras) >= MOST:
        raise Refused(
            f"Line {held} has {MOST} drawings already.", field="drawing", remedy="Take one off first."
        )
    token, sha256 = uuid.uuid4(), hashlib.sha256(content).hexdigest()
    drawing = Drawing(
        token=token, order_id=held.order_id, name=_named(name, kind), kind=kind, size=len(content),
        sha256=sha256, by=by, at=now,
    )  # fmt: skip
    drawing.content.save(f"{token}.{kind}", ContentFile(content), save=False)
    drawing.save()
    row = drawn(drawing.name, reverse("orders:drawing", args=[token]), sha256)
    _write(held, [*held.extras, row], now)
    return drawing


@transaction.atomic
def remove_drawing(*, line: OrderLine, address: str, now: datetime | None = None) -> None:
    """Take a drawing off a draft's line; the file stays with the order. Conflict as for `add_drawing`."""
    held = _hold(line)
    _write(held, [row for row in held.extras if not address or row["address"] != address], now or clock.now())


def _checked(content: bytes) -> str:
    if len(content) > LARGEST:
        raise Refused(
            "The file is larger than 20 MB.", field="drawing", remedy="Make it smaller, or split it."
        )
    kind = sniffed(content[:4096])
    if not kind:
        raise Refused(
            "The file is no PDF, DXF, STEP or PNG.", field="drawing", remedy="Save it as one of these first."
        )
    return kind


def _named(name: str, kind: str) -> str:
    """The customer's name for it, without folders and control characters, ending as what it is."""
    last = name.replace("\\", "/").rpartition("/")[2]
    clean = "".join(letter for letter in last if letter.isprintable()).strip(". ") or "drawing"
    endings = {"step": (".step", ".stp")}.get(kind, (f".{kind}",))
    if clean.lower().endswith(endings):
        return clean[-LONGEST_NAME:]
    return f"{clean[: LONGEST_NAME - 5]}.{kind}"


def _hold(line: OrderLine) -> OrderLine:
    """The line as it stands now, under its order's lock."""
    order = lock_order(line.order, None)
    held = OrderLine.objects.get(pk=line.pk)
    if held.state != "draft":
        raise Conflict(
            f"{order} is {order.state_info.label.lower()} and cannot be changed.",
            remedy="Revise the quotation first." if order.state == "quoted" else "",
        )
    return held


def _write(line: OrderLine, rows: list[dict[str, str]], now: datetime) -> None:
    """The order's version tells who edits it meanwhile."""
    OrderLine.objects.filter(pk=line.pk).update(extras=numbered(rows))
    Order.objects.filter(pk=line.order_id).update(version=F("version") + 1, updated_at=now)
