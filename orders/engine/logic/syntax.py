"""How a model file is refused: where the mistake is, and which name was probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Final

from kernel.errors import Refused

MOST_COMPARED: Final = 50_000
SHOWN: Final = 80


def refused(file: str, line: int, column: int, problem: str, remedy: str = "") -> Refused:
    """The error of a reader; lines and columns count from 1."""
    message = f"{file}, line {line}, column {column}: {problem}"
    return Refused(message, field=f"{file}:{line}:{column}", remedy=remedy)


def unknown(file: str, line: int, column: int, name: str, known: Iterable[str], kind: str) -> Refused:
    """A name that does not exist, with the nearest ones that do."""
    return refused(file, line, column, f"there is no {kind} “{name[:SHOWN]}”.", nearest(name, known))


def nearest(name: str, known: Iterable[str]) -> str:
    """“Did you mean …?” with up to three names, or nothing."""
    candidates = [other for other, _ in zip(known, range(MOST_COMPARED), strict=False)]
    near = get_close_matches(name, candidates, n=3, cutoff=0.6)
    if not near:
        plain = {other.casefold(): other for other in candidates}
        near = [plain[low] for low in get_close_matches(name.casefold(), plain, n=3, cutoff=0.6)]
    return f"Did you mean {' or '.join(f'“{other}”' for other in near)}?" if near else ""
