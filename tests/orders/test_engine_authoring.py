"""Rows of a model's document changed one by one; formulas judged, completed and renamed."""

from typing import Any

import pytest

from kernel.errors import Refused
from kernel.expressions import Scope
from orders.engine import authoring
from orders.engine.compiling import formula_scope
from orders.engine.document import from_document, to_document
from tests.orders.models import WORKSTATION


def document() -> dict[str, Any]:
    """The workstation as it is stored."""
    return to_document(WORKSTATION)


def scope() -> Scope:
    """The names of the workstation."""
    return formula_scope(WORKSTATION)


def test_a_changed_option_keeps_its_place_and_leaves_the_rest_alone() -> None:
    before = document()
    row = {**authoring.row_at(before, "features", "CPU/C32"), "label": "Many cores"}
    after, key = authoring.changed(before, "features", "CPU/C32", row)
    assert key == "CPU/C32"
    assert [leaf.row["label"] for leaf in authoring.level(after, "CPU").leaves] == ["8 cores", "Many cores"]
    assert before == document()


def test_changing_a_choice_keeps_its_options() -> None:
    row = {"code": "CORES", "label": "Cores", "relation": "alternative"}
    after, key = authoring.changed(document(), "features", "CPU", row)
    assert key == "CORES"
    assert authoring.level(after, "CORES").total == 2


def test_a_name_is_given_once() -> None:
    with pytest.raises(Refused, match="C08 is there already") as refused:
        authoring.added(document(), "features", {"code": "C08", "label": "Twin"}, "CPU")
    assert refused.value.field == "code"


def test_price_rules_may_share_their_label_and_keep_their_own_keys() -> None:
    row = {"label": "Memory", "condition": "", "amount": "1"}
    after, key = authoring.added(document(), "prices", row)
    assert key == "Memory~2"
    assert authoring.row_at(after, "prices", key) == row


def test_a_feature_is_hung_elsewhere_with_all_below_it() -> None:
    after, key = authoring.hung(document(), "PSU", "ECC")
    assert key == "ECC/PSU"
    assert authoring.level(after, key).total == 3
    with pytest.raises(Refused, match="below itself"):
        authoring.hung(after, "ECC", "ECC/PSU")


def test_rows_move_among_their_neighbours_and_stop_at_the_ends() -> None:
    after = authoring.moved(document(), "rules", "2", -5)
    assert [row["number"] for row in after["rules"]] == [2, 1]


def test_a_removed_row_is_gone_and_an_unknown_one_named_with_the_nearest() -> None:
    after = authoring.removed(document(), "features", "CPU")
    assert authoring.path_of(after, "CPU") == ""
    with pytest.raises(Refused, match="Did you mean CPU"):
        authoring.row_at(document(), "features", "CPV")


def test_every_edit_leaves_a_document_that_can_be_read() -> None:
    after, _ = authoring.added(document(), "features", {"code": "FAN", "label": "Fan"})
    assert [row.code for row in from_document(after).features] == ["CPU", "PSU", "ECC", "FAN"]


def test_a_level_is_read_page_by_page() -> None:
    level = authoring.level(document(), "PSU", first=1, most=1)
    assert ([leaf.path for leaf in level.leaves], level.total, level.further) == (["PSU/650"], 3, 2)


def test_search_finds_codes_and_labels_anywhere_in_the_tree() -> None:
    found, count = authoring.search(document(), "cores 32")
    assert ([leaf.path for leaf in found], count) == (["CPU/C32"], 1)


def test_a_wrong_name_is_judged_with_its_place_and_the_nearest_valid_one() -> None:
    judged = authoring.judge(scope(), "rules", "then", "PSU >= 200 and CPV = C32")
    assert (judged.right, judged.line, judged.column) == (False, 1, 16)
    assert judged.hint == "Did you mean CPU?"


def test_a_right_formula_says_what_it_gives_and_reads() -> None:
    judged = authoring.judge(scope(), "bom", "quantity", "RAM * 2")
    assert (judged.right, judged.words) == (True, "Gives a number, reads RAM.")


def test_rules_do_not_know_the_ordered_quantity() -> None:
    names = authoring.scope_for(scope(), "rules")
    assert "QTY" in scope()
    assert "QTY" not in names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CPU.w", ["watt"]),
        ("QUIET and CPU = C", ["C08", "C32"]),
        ("CPU in {C08, C", ["C08", "C32"]),
        ("1 + RA", ["RAM"]),
        ("ce", ["ceil("]),
        ("'in a text", []),
    ],
)
def test_completion_offers_what_may_stand_at_the_caret(text: str, expected: list[str]) -> None:
    found = [suggestion.word for suggestion in authoring.suggest(scope(), {}, text)]
    assert found[: len(expected)] == expected


def test_a_name_is_renamed_outside_of_texts_and_attributes() -> None:
    text = "CPU.CPU > 1 and text(CPU) <> 'CPU'"
    assert authoring.renamed(text, "CPU", "CORE") == "CORE.CPU > 1 and text(CORE) <> 'CPU'"


def test_an_option_is_renamed_beside_its_choice_only() -> None:
    text = "CPU = A or CPU in {A, B} or PSU = A"
    assert authoring.renamed(text, "A", "X", "CPU") == "CPU = X or CPU in {X, B} or PSU = A"


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("Rule 4", ("rules", "4")),
        ("BOM line 120", ("bom", "120")),
        ("Group CPU, option C32", ("features", "CPU/C32")),
        ("Parameter RAM", ("parameters", "RAM")),
        ("Product", ("product", "")),
        ("Default choices", None),
    ],
)
def test_the_words_of_a_fault_lead_to_its_row(words: str, place: tuple[str, str] | None) -> None:
    assert authoring.place_of(document(), words) == place
