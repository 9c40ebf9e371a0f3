"""Delivery notes: frozen facts in, PDF bytes out."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kernel.papers import draw

TEMPLATE = Path(__file__).with_name("delivery_note.typ")


def delivery_note(papers: Mapping[str, Any]) -> bytes:
    """The delivery note of one shipment as PDF/A-2b.

    `papers` is what was frozen when the goods left (see logistics.services.shipping).
    """
    return draw(TEMPLATE, papers)
