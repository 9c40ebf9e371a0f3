"""BOM lines go into CSV and come back the same."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.errors import Refused
from orders.engine import BomRow
from orders.engine.formats import dump_bom, load_bom, merged
from tests.orders.engine.formats.drawn import rows
from tests.orders.models import WORKSTATION

ITEMS = {"BOARD", "DIMM", "PASTE"}
CELLS = st.text("ABC-_ ,;\t\"'=|<>10\n", max_size=12).map(str.strip)
LINES = rows(BomRow).flatmap(
    lambda row: st.builds(
        replace,
        st.just(row),
        item=CELLS.filter(bool),
        assembly=CELLS,
        condition=CELLS,
        quantity=CELLS.filter(bool),
        place=CELLS,
        find_number=st.integers(1, 10**8),
        operation=st.integers(0, 10**8),
        serial_from=st.integers(0, 10**8) | st.none(),
        serial_to=st.integers(0, 10**8) | st.none(),
        alternates=st.lists(st.text("AB-1", min_size=1), max_size=3).map(tuple),
    )
)


def wrong(text: str) -> tuple[str, str]:
    """What is said to a file that cannot be read."""
    with pytest.raises(Refused) as caught:
        load_bom(text, "bom.csv", ITEMS)
    return caught.value.message, caught.value.remedy


@settings(max_examples=150, deadline=None)
@given(st.lists(LINES, max_size=4, unique_by=lambda row: row.find_number))
def test_lines_come_back_the_same(lines: list[BomRow]) -> None:
    assert load_bom(dump_bom(lines)) == tuple(lines)


def test_the_file_tells_descriptions_and_does_not_read_them() -> None:
    text = dump_bom([replace(WORKSTATION.bom[0], description="=cmd()")])
    assert text.splitlines()[1].endswith(",'=cmd(),pcs")
    assert load_bom(text)[0].description == ""


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_separators_and_case_of_the_header_do_not_matter(mark: str) -> None:
    text = "\ufeffItem,FIND_NUMBER,quantity\r\nBOARD,10,2\r\n\r\n".replace(",", mark)
    assert load_bom(text, items=ITEMS) == (BomRow(10, "BOARD", quantity="2"),)


@pytest.mark.parametrize(
    ("text", "message", "remedy"),
    [
        ("find_number,itm\n", "line 1, column 2: there is no column “itm”.", "Did you mean “item”?"),
        ("find_number,item,item\n", "line 1, column 3: column “item” is there twice.", "Remove one."),
        ("find_number\n", "line 1, column 1: column “item” is missing.", "Columns: find_number"),
        ("item,find_number\nBORD,10\n", "line 2, column 1: item: there is no item “BORD”.", "“BOARD”"),
        (
            "find_number,item,alternates\n10,DIMM,BOARD|DIM\n",
            "line 2, column 3: alternates: there is no item “DIM”.",
            "“DIMM”",
        ),
        ("find_number,item\nten,BOARD\n", "line 2, column 1: find_number: Here a whole number", ""),
        ("find_number,item\n,BOARD\n", "line 2, column 1: find_number: “find_number” is missing", ""),
        ("find_number,item\n1,BOARD,x\n", "line 2, column 3: 3 cells stand below 2 columns.", ""),
        (
            'find_number,item,condition\n1,BOARD,"a\nb"\n1,DIMM,\n',
            "line 4, column 1: find number 1 stands in line 2 already.",
            "Renumber",
        ),
        ('find_number,item\n1,"BOARD\n', "this is no CSV", ""),
        ("", "line 1, column 1: column “find_number” is missing.", ""),
    ],
)
def test_each_mistake_is_found_in_its_place(text: str, message: str, remedy: str) -> None:
    said, helps = wrong(text)
    assert message in said
    assert remedy in helps


def test_merging_changes_lines_of_the_same_number_and_adds_the_others() -> None:
    one, two, three = (BomRow(number, "DIMM") for number in (10, 20, 30))
    assert merged((one, three), (two, replace(three, quantity="2"))) == (
        one,
        two,
        replace(three, quantity="2"),
    )
