"""Delivery notes: frozen facts in, PDF bytes out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

TEMPLATE = Path(__file__).with_name("delivery_note.typ")
FONTS = typst.Fonts(include_system_fonts=False)


def delivery_note(papers: Mapping[str, Any]) -> bytes:
    """The delivery note of one shipment as PDF/A-2b.

    `papers` is what was frozen when the goods left (see logistics.services.shipping). It travels as JSON
    data, so nothing a customer typed can become markup; fonts come with the compiler, so the same facts
    give the same document everywhere.
    """
    compiler = typst.Compiler(TEMPLATE, font_paths=FONTS, sys_inputs={"papers": json.dumps(papers)})
    result = compiler.compile(format="pdf", pdf_standards=["a-2b"])
    if not isinstance(result, bytes):
        raise TypeError("a delivery note is one PDF document")
    return result
