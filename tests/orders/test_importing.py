"""Models come from files into drafts, and go out again; where things are used is found."""

from dataclasses import replace
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Refused
from orders import selectors, services
from orders.engine import BomRow
from orders.engine.formats import dump_yaml
from orders.models import Item, Process, Product
from tests.orders import cast
from tests.orders.engine.logic.models import PC

pytestmark = pytest.mark.django_db


def text_of(product: Product, form: str = "yaml") -> str:
    """The newest revision of the product as a file."""
    return selectors.exported(selectors.latest_revision(product), form)


def imported(text: str, file: str, **more: object) -> Product:
    """The product with a draft from the file."""
    return services.import_model(text=text, file=file, **more).product


def refusal(text: str, file: str, **more: object) -> Refused:
    """What is said to a file that is not taken; no product comes of it."""
    before = Product.objects.count()
    with pytest.raises(Refused) as caught:
        services.import_model(text=text, file=file, **more)
    assert Product.objects.count() == before
    return caught.value


def test_a_whole_model_becomes_another_product_with_the_same_rows() -> None:
    desk = cast.published_desk()
    copy = imported(text_of(desk), "desk.yaml", code="COPY")
    assert replace(cast.parts_of(copy), code=desk.code) == cast.parts_of(desk)
    assert (copy.status, copy.base_price) == ("draft", Decimal(400))


def test_a_whole_model_becomes_the_draft_of_its_product_and_publishes_nothing() -> None:
    desk = cast.published_desk()
    imported(text_of(desk).replace("name: Desk", "name: Table"), "desk.yml")
    desk.refresh_from_db()
    assert (desk.name, desk.revision) == ("Desk", 1)
    assert (cast.parts_of(desk).name, selectors.open_revision(desk).number) == ("Table", 2)


def test_an_unknown_item_is_found_in_its_line_of_the_file() -> None:
    desk = cast.published_desk()
    item = cast.parts_of(desk).bom[1].item
    error = refusal(text_of(desk).replace(f"item: {item}", "item: NONE"), "desk.yaml")
    assert error.message.startswith("desk.yaml, line ")
    assert "There is no item NONE" in error.message


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("code: a/b\nname: X\nbase_price: 1\n", "code"),
        (f"code: {'A' * 41}\nname: X\nbase_price: 1\n", "code"),
        ("code: A\nname: ''\nbase_price: 1\n", "name"),
        (f"code: A\nname: {'n' * 121}\nbase_price: 1\n", "name"),
        ("code: A\nname: X\nbase_price: -1\n", "base_price"),
        ("code: A\nname: X\nbase_price: 1.005\n", "base_price"),
        ("code: A\nname: X\nbase_price: 1000000000000\n", "base_price"),
        ("code: A\nname: X\nbase_price: 1\ncurrency: EURO\n", "currency"),
    ],
)
def test_what_no_product_can_have_is_refused_at_its_field(line: str, field: str) -> None:
    assert refusal(line, "a.yaml").field == field


def test_features_and_rules_become_a_new_product() -> None:
    product = imported(PC, "pc.uvl")
    model = cast.parts_of(product)
    assert (product.code, model.features[0].code, len(model.rules)) == ("PC", "Processor", 3)


def test_features_and_rules_replace_those_of_a_draft_and_nothing_else() -> None:
    desk = cast.published_desk()
    model = cast.parts_of(imported(PC, "pc.uvl", code=desk.code))
    assert [row.code for row in model.features] == ["Processor", "Case", "Graphics", "Quiet"]
    assert (model.name, len(model.bom), len(model.parameters)) == ("Desk", 4, 3)


def test_bom_lines_replace_all_or_are_merged() -> None:
    desk = cast.published_desk()
    leg = cast.parts_of(desk).bom[1].item
    text = f"find_number,item,quantity\n20,{leg},6\n"
    merged = cast.parts_of(imported(text, "bom.csv", code=desk.code, merge=True)).bom
    assert [(row.find_number, row.quantity) for row in merged][:2] == [(10, "WIDTH / 1000"), (20, "6")]
    assert len(merged) == 4
    replaced = cast.parts_of(imported(text, "bom.csv", code=desk.code)).bom
    assert [(row.find_number, row.operation) for row in replaced] == [(20, 0)]


def test_bom_lines_come_back_as_they_went() -> None:
    desk = cast.published_desk()
    before = cast.parts_of(desk).bom
    assert cast.parts_of(imported(text_of(desk, "csv"), "bom.csv", code=desk.code)).bom == before


def test_an_unknown_item_in_a_bom_has_the_nearest_one() -> None:
    desk = cast.published_desk()
    Item.objects.create(number="SCREW-M4", description="Screw")
    error = refusal("find_number,item\n10,SCREW-N4\n", "bom.csv", code=desk.code)
    assert error.message == "bom.csv, line 2, column 2: item: there is no item “SCREW-N4”."
    assert error.remedy == "Did you mean “SCREW-M4”?"


@pytest.mark.parametrize(
    ("file", "code", "words"),
    [
        ("bom.csv", "", "not said to which product"),
        ("bom.csv", "NONE", "There is no product NONE"),
        ("model.txt", "", "no file of a product model"),
    ],
)
def test_a_file_that_has_no_place_is_refused(file: str, code: str, words: str) -> None:
    assert words in refusal("find_number,item\n", file, code=code).message


def test_a_format_that_is_none_is_refused_with_the_nearest() -> None:
    with pytest.raises(Refused) as caught:
        text_of(cast.desk(), "yml")
    assert caught.value.remedy == "Did you mean yaml?"


def test_the_commands_write_and_read_a_file(tmp_path: Path) -> None:
    desk = cast.published_desk()
    file = tmp_path / "desk.yaml"
    call_command("export_model", desk.code, "--output", str(file))
    assert file.read_text() == dump_yaml(cast.parts_of(desk))
    told = StringIO()
    call_command("import_model", str(file), "--code", "COPY", stdout=told)
    assert told.getvalue() == "COPY revision 1 is a draft with 4 BOM lines.\n"


def test_the_commands_refuse_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such revision of NONE"):
        call_command("export_model", "NONE")
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_model", str(tmp_path / "none.yaml"))
    broken = tmp_path / "broken.yaml"
    broken.write_text("code: [")
    with pytest.raises(CommandError, match="line 2, column 1"):
        call_command("import_model", str(broken))


def test_an_item_is_found_where_it_is_used_itself_or_stands_in() -> None:
    desk = cast.published_desk()
    board, leg = cast.parts_of(desk).bom[:2]
    cast.changed(desk, bom=(board, leg, BomRow(50, board.item, alternates=(leg.item,), assembly=leg.item)))
    uses = [(use.revision.number, use.key, use.field) for use in selectors.item_uses(leg.item)]
    assert uses == [(2, "20", "item"), (2, "50", "assembly"), (2, "50", "alternates"), (1, "20", "item")]


def test_a_process_is_found_in_its_operations_in_one_statement() -> None:
    cast.published_desk()
    hand = Process.objects.get(code__startswith="HAND").code
    with CaptureQueriesContext(connection) as statements:
        uses = selectors.process_uses(hand)
    assert [(use.kind, use.key, use.field) for use in uses] == [
        ("routing", "20", "process"), ("routing", "30", "process"),
    ]  # fmt: skip
    assert len(statements) == 1


def test_a_choice_is_found_in_every_formula_that_reads_it() -> None:
    uses = selectors.code_uses(cast.published_desk(), "WIDTH")
    assert {(use.kind, use.key, use.field) for use in uses} == {
        ("rules", "2", "then"),
        ("prices", "Extra width", "condition"),
        ("prices", "Extra width", "amount"),
        ("bom", "10", "quantity"),
        ("routing", "10", "run_minutes"),
        ("characteristics", "1", "nominal"),
        ("characteristics", "1", "lower"),
        ("characteristics", "1", "upper"),
    }


def test_an_option_is_found_beside_its_choice_only() -> None:
    desk = cast.published_desk()
    uses = selectors.code_uses(desk, "OAK", choice="TOP")
    assert [(use.kind, use.key) for use in uses] == [("bom", "30"), ("routing", "30")]
    assert selectors.code_uses(desk, "OAK", choice="LEGS") == []


def test_superseded_revisions_are_looked_at_on_demand() -> None:
    desk = services.publish_product(product=cast.changed(cast.published_desk(), name="Table"))
    assert {use.revision.number for use in selectors.code_uses(desk, "WIDTH")} == {2}
    assert {use.revision.number for use in selectors.code_uses(desk, "WIDTH", superseded=True)} == {1, 2}
