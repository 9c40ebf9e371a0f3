"""What a line says beyond its product's choices, in rows of a specification: free words, drawings."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

MOST: Final = 30
LONGEST_LABEL: Final = 60
LONGEST_TEXT: Final = 200
STARTS: Final = (
    ("pdf", re.compile(rb"%PDF-\d")),
    ("png", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("step", re.compile(rb"\s*ISO-10303-21\s*;")),
    ("dxf", re.compile(rb"AutoCAD Binary DXF\r\n\x1a\x00|(?:\s*999\r?\n[^\n]*\n)*\s*0\r?\n\s*SECTION\r?\n")),
)


def sniffed(head: bytes) -> str:
    """What a file is by its first bytes: pdf, png, step or dxf; empty for anything else."""
    return next((kind for kind, start in STARTS if start.match(head.removeprefix(b"\xef\xbb\xbf"))), "")


def values_in(text: str) -> list[dict[str, str]]:
    """`Label: value` by line as rows; ValueError says which line is none."""
    rows = [_value(line.strip()) for line in text.splitlines() if line.strip()]
    if len(rows) > MOST:
        raise ValueError(f"{len(rows)} values are too many. Give at most {MOST}.")
    return numbered(rows)


def words_of_values(extras: Sequence[Mapping[str, Any]]) -> str:
    """The values of a line as `values_in` reads them."""
    return "\n".join(f"{row['label']}: {row['text']}" for row in extras if not row["address"])


def drawn(name: str, address: str, sha256: str) -> dict[str, str]:
    """The row of a drawing."""
    return {"label": "Drawing", "value": sha256, "text": name, "unit": "", "address": address}


def numbered(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """With codes no product has: they begin with a plus."""
    return [{**row, "code": f"+{number}"} for number, row in enumerate(rows, start=1)]


def _value(line: str) -> dict[str, str]:
    label, colon, text = (part.strip() for part in line.partition(":"))
    if not (label and colon and text):
        raise ValueError(f"“{line[:40]}” is no value. Write “Colour of the lid: RAL 7035”.")
    if len(label) > LONGEST_LABEL or len(text) > LONGEST_TEXT:
        raise ValueError(
            f"“{line[:40]}…” is too long: at most {LONGEST_LABEL} characters, then {LONGEST_TEXT}."
        )
    return {"label": label, "value": text, "text": text, "unit": "", "address": ""}
