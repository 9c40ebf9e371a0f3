"""Values in free words, and what a file is by its first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.engine.extras import MOST, drawn, numbered, sniffed, values_in, words_of_values

FILES = {
    "pdf": b"%PDF-1.7\n%",
    "png": b"\x89PNG\r\n\x1a\n\x00\x00",
    "step": b"ISO-10303-21;\nHEADER;",
    "dxf": b"  0\nSECTION\n  2\nHEADER\n",
}


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_known_by_its_first_bytes(kind: str) -> None:
    assert sniffed(FILES[kind]) == kind


def test_a_dxf_may_begin_with_comments() -> None:
    assert sniffed(b"999\r\nmade elsewhere\r\n  0\r\nSECTION\r\n") == "dxf"


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>%PDF-1.7", b"PK\x03\x04", b"0\nSEC"])
def test_any_other_file_is_not_known(content: bytes) -> None:
    assert sniffed(content) == ""


@given(st.binary(max_size=200))
def test_no_bytes_break_the_sniffing(content: bytes) -> None:
    assert sniffed(content) in ("", *FILES)


def test_values_are_read_line_by_line() -> None:
    rows = values_in("Lid: RAL 7035\n\n Cable : 2 m: shielded ")
    assert [(row["code"], row["label"], row["text"]) for row in rows] == [
        ("+1", "Lid", "RAL 7035"),
        ("+2", "Cable", "2 m: shielded"),
    ]


def test_values_are_shown_as_they_were_typed_without_drawings() -> None:
    rows = numbered([*values_in("Lid: RAL 7035"), drawn("a.pdf", "/drawings/1/", "0" * 64)])
    assert words_of_values(rows) == "Lid: RAL 7035"


@pytest.mark.parametrize("text", ["no colon", ": nothing", "Lid:", f"{'x' * 61}: 1", f"Lid: {'x' * 201}"])
def test_a_line_that_is_no_value_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text[:40].strip()):
        values_in(text)


def test_too_many_values_are_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        values_in("Lid: 1\n" * (MOST + 1))
