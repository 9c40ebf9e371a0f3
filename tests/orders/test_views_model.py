"""The pages of a product model: tree, lists, rows, formulas, try-out."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from orders import services
from orders.engine import BomRow, RuleRow
from orders.engine.authoring import CLASSES
from orders.models import Product, ProductRevision
from orders.selectors import latest_revision
from tests.orders import cast, pages

pytestmark = pytest.mark.django_db
Browser = Callable[[str], Client]
MODEL = "/products/DESK/model"


@pytest.fixture
def product() -> Product:
    """A desk whose first revision is a draft."""
    return cast.desk("DESK")


@pytest.fixture
def engineer(product: Product, browser_of: Browser) -> Client:
    """The product engineer's browser."""
    return browser_of("engineer")


def draft() -> ProductRevision:
    """The newest revision of the desk."""
    return latest_revision(Product.objects.get(code="DESK"))


def typed(client: Client, address: str, **changes: Any) -> dict[str, Any]:
    """What the form of a row would post, with some fields typed anew."""
    form = client.get(f"{MODEL}/{address}").context["form"]
    values = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    return {name: value for name, value in {**values, **changes}.items() if value not in (None, False)}


def text_of(answer: Any) -> str:
    """The page."""
    return str(answer.content.decode())


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind != "product"])
def test_every_part_of_a_model_has_its_page(kind: str, engineer: Client) -> None:
    assert engineer.get(f"{MODEL}/{kind}/").status_code == 200
    assert engineer.get(f"{MODEL}/{kind}/add/").status_code == 200


def test_what_is_no_part_is_not_found(engineer: Client) -> None:
    for address in ("nothing/", "rules/row/?key=77", "features/?below=NO", "bom/row/?key=x"):
        assert engineer.get(f"{MODEL}/{address}").status_code == 404


@pytest.mark.parametrize(
    ("address", "changes", "words"),
    [
        ("rules/row/?key=2", {"reason": "Too narrow."}, "Rule 2 is saved."),
        ("features/row/?key=TOP/STEEL", {"price_adder": "95,50"}, "Feature TOP/STEEL is saved."),
        ("parameters/row/?key=WIDTH", {"breakpoints": "1000, 1600"}, "Parameter WIDTH is saved."),
        ("bom/row/?key=20", {"quantity": "6"}, "BOM line 20 is saved."),
        ("routing/row/?key=20", {"after": "-"}, "Operation 20 is saved."),
        ("characteristics/row/?key=1", {"gauge": "Rule"}, "Characteristic 1 is saved."),
        ("prices/row/?key=Extra width", {"kind": "cost"}, "Price rule Extra width is saved."),
        ("product/row/?key=", {"name": "Writing desk"}, "Name and price is saved."),
    ],
)
def test_a_row_of_any_kind_is_changed_in_one_way(
    address: str, changes: dict[str, Any], words: str, engineer: Client
) -> None:
    answer = engineer.post(f"{MODEL}/{address}", typed(engineer, address, **changes), follow=True)
    assert words in text_of(answer)


def test_saving_a_row_as_it_was_changes_nothing(engineer: Client) -> None:
    before = draft().model
    for address in ("features/row/?key=TOP/OAK", "parameters/row/?key=WIDTH", "routing/row/?key=10"):
        engineer.post(f"{MODEL}/{address}", typed(engineer, address))
    assert draft().model == before


def test_a_feature_is_added_below_another(engineer: Client) -> None:
    address = "features/add/?below=TOP"
    values = typed(engineer, address, code="GLASS", label="Glass", attributes="kg = 70\nclear = yes")
    answer = engineer.post(f"{MODEL}/{address}", values)
    assert answer.headers["Location"] == f"{MODEL}/features/?here=TOP%2FGLASS&below=TOP"
    assert draft().model["features"][0]["children"][2]["attributes"] == {"kg": 70, "clear": True}


def test_what_is_wrong_stands_at_its_field(engineer: Client) -> None:
    address = "bom/row/?key=20"
    answer = engineer.post(f"{MODEL}/{address}", typed(engineer, address, item="NO-SUCH"))
    assert answer.status_code == 422
    assert "There is no item NO-SUCH." in answer.context["form"].errors["item"][0]


def test_a_stale_page_keeps_what_was_typed_and_shows_what_is_stored(engineer: Client) -> None:
    address = "rules/row/?key=1"
    mine = typed(engineer, address, reason="Mine.")
    engineer.post(f"{MODEL}/{address}", typed(engineer, address, reason="Theirs."))
    answer = engineer.post(f"{MODEL}/{address}", mine)
    text = text_of(answer)
    assert answer.status_code == 422
    assert "Somebody else changed this draft meanwhile." in text
    assert "Theirs." in text
    again = {**mine, "version": answer.context["form"]["version"].value()}
    assert engineer.post(f"{MODEL}/{address}", again).status_code == 302
    assert draft().model["rules"][0]["reason"] == "Mine."


def test_rows_are_moved_hung_elsewhere_and_removed(engineer: Client) -> None:
    def post(act: str, **data: Any) -> None:
        engineer.post(f"{MODEL}/features/{act}/", {"version": draft().version, **data})

    post("move", key="LEGS", way="up")
    post("move", key="TOP", below="LEGS/WOOD")
    post("remove", key="LEGS/IRON")
    legs = draft().model["features"][0]
    assert [option["code"] for option in legs["children"]] == ["WOOD"]
    assert legs["children"][0]["children"][0]["code"] == "TOP"


def test_a_published_model_is_read_until_a_draft_is_begun(browser_of: Browser) -> None:
    cast.published_desk("DESK")
    engineer = browser_of("engineer")
    assert "Save rule" not in text_of(engineer.get(f"{MODEL}/rules/row/?key=1"))
    answer = engineer.post(f"{MODEL}/begin/", follow=True)
    assert "DESK revision 2 is open for changes." in text_of(answer)
    assert "Save rule" in text_of(engineer.get(f"{MODEL}/rules/row/?key=1"))


def test_a_formula_is_judged_while_it_is_typed(engineer: Client) -> None:
    address = f"{MODEL}/formula/?kind=rules&field=then&key=2"
    wrong = text_of(engineer.post(address, {"then": "WIDHT < 1000"}))
    assert "Line 1, column 1: Unknown name WIDHT. Did you mean WIDTH?" in wrong
    assert "Gives yes or no, reads WIDTH." in text_of(engineer.post(address, {"then": "WIDTH < 900"}))


@pytest.mark.parametrize(
    ("query", "word"),
    [
        ("kind=rules&text=TOP = ST", "STEEL"),
        ("kind=bom&text=WI", "WIDTH"),
        ("kind=rules&text=TOP.", "kg"),
        ("list=items&text=OIL", "OIL-"),
        ("list=processes&text=saw", "SAW"),
    ],
)
def test_completion_offers_names_options_attributes_and_master_data(
    query: str, word: str, engineer: Client
) -> None:
    assert f'data-word="{word}' in text_of(engineer.get(f"{MODEL}/names/?{query}"))


def test_where_a_feature_is_used_leads_to_each_row(engineer: Client) -> None:
    text = text_of(engineer.get(f"{MODEL}/used/?kind=features&key=TOP"))
    assert "5 rows with TOP." in text
    for address in ("rules/row/?key=1", "bom/row/?key=30", "routing/row/?key=30"):
        assert address in text


def test_where_an_item_or_a_process_is_used_spans_all_products(engineer: Client) -> None:
    item = draft().bom_lines.select_related("item").get(find_number=20).item
    cast.published_desk("TABLE", bom=(BomRow(10, item.number),))
    text = text_of(engineer.get(f"{MODEL}/used/?kind=bom&key=20"))
    assert f"2 rows with {item.number}." in text
    assert "/products/TABLE/model/bom/row/?key=10" in text
    assert "2 rows with HAND" in text_of(engineer.get(f"{MODEL}/used/?kind=routing&key=20"))


def test_the_draft_is_tried_beside_with_price_bom_and_routing(engineer: Client) -> None:
    data = {"choice.TOP": "STEEL", "choice.LEGS": "IRON", "choice.WIDTH": "2000", "quantity": "2"}
    text = text_of(pages_post(engineer, f"{MODEL}/try/", data))
    assert "The choices fit." in text
    for words in ("BOM: 2 lines", "Routing: 2 operations", "Inspection: 2 characteristics"):
        assert words in text


def test_a_try_that_does_not_fit_says_why(engineer: Client) -> None:
    text = text_of(pages_post(engineer, f"{MODEL}/try/", {"choice.TOP": "STEEL", "choice.LEGS": "WOOD"}))
    assert "The legs do not bear this top." in text
    assert "Choose Legs: Iron or Top: Oak." in text
    assert "The choices fit." not in text


def test_a_blocked_option_of_the_try_names_its_rule_and_offers_a_repair(engineer: Client) -> None:
    text = text_of(pages_post(engineer, f"{MODEL}/try/", {"choice.TOP": "STEEL", "choice.LEGS": "IRON"}))
    assert "Wooden (blocked)" in text
    assert "Rule 1" in text
    assert re.search(r'name="take" value="[^>]*WOOD', text)


def test_a_repair_taken_in_the_try_fits(engineer: Client) -> None:
    text = text_of(pages_post(engineer, f"{MODEL}/try/", {"take": '{"LEGS": "WOOD"}'}))
    assert "The choices fit." in text


@pytest.mark.parametrize("junk", ["{", "[]", "7", "[" * 5000])
def test_a_repair_that_says_nothing_is_ignored(junk: str, engineer: Client) -> None:
    assert "Try it" in text_of(pages_post(engineer, f"{MODEL}/try/", {"take": junk}))


def test_a_broken_draft_says_so_in_the_try_out_and_the_check_leads_to_the_row(engineer: Client) -> None:
    address = "rules/row/?key=2"
    engineer.post(f"{MODEL}/{address}", typed(engineer, address, then="WIDHT < 1"))
    assert "1 problem keeps it from being configured." in text_of(engineer.get(f"{MODEL}/try/"))
    assert "rules/row/?key=2" in text_of(engineer.get(f"{MODEL}/check/?now=1"))


def test_publication_is_asked_for_proved_by_a_worker_and_reported(engineer: Client) -> None:
    revision = draft()
    asked = engineer.post("/products/DESK/publish/", {"version": revision.version}, follow=True)
    assert "It waits for a worker." in text_of(asked)
    assert 'hx-trigger="every 2s"' in text_of(asked)
    services.prove_revision(revision_id=revision.pk)
    assert pages.in_part(engineer, f"{MODEL}/check/", "proof").headers["HX-Redirect"] == f"{MODEL}/check/"
    text = text_of(engineer.get(f"{MODEL}/check/"))
    assert "Proved for every configuration." in text
    assert Product.objects.get(code="DESK").status == Product.Status.PUBLISHED


def test_a_refused_proof_leads_to_the_rules_in_conflict(product: Product, engineer: Client) -> None:
    small = RuleRow(1, "requires", "", "WIDTH < 1000", "Small.")
    cast.changed(product, rules=(small, RuleRow(2, "excludes", "", "WIDTH < 1100", "Big.")))
    engineer.post("/products/DESK/publish/", {"version": draft().version})
    services.prove_revision(revision_id=draft().pk)
    text = text_of(engineer.get(f"{MODEL}/check/"))
    assert "these rules contradict each other" in text
    assert "rules/row/?key=1" in text
    assert "rules/row/?key=2" in text


def test_two_engineers_do_not_publish_at_once(engineer: Client) -> None:
    version = draft().version
    engineer.post("/products/DESK/publish/", {"version": version})
    second = engineer.post("/products/DESK/publish/", {"version": version}, follow=True)
    assert "is being proved already" in text_of(second)
    assert "Save rule" not in text_of(engineer.get(f"{MODEL}/rules/row/?key=1"))


def test_assemblies_in_a_loop_are_found_with_their_line(product: Product, engineer: Client) -> None:
    first, second, *others = cast.parts_of(product).bom
    loop = (replace(first, assembly=second.item), replace(second, assembly=first.item))
    cast.changed(product, bom=(*loop, *others))
    text = text_of(engineer.get(f"{MODEL}/check/?now=1"))
    assert "The parts go round in a loop" in text
    assert "bom/row/?key=" in text


@pytest.mark.parametrize("form", ["yaml", "uvl", "csv"])
def test_a_model_is_exported_and_imported_again(form: str, engineer: Client) -> None:
    before = draft().model
    data = engineer.get(f"{MODEL}/export/{form}/").content
    file = SimpleUploadedFile(f"desk.{form}", data)
    answer = engineer.post(
        f"{MODEL}/files/", {"file": file, "version": draft().version, "merge": "on"}, follow=True
    )
    assert f"desk.{form} is imported." in text_of(answer)
    assert draft().model["features"][0]["code"] == before["features"][0]["code"]
    assert draft().bom_lines.count() == 4


def test_a_wrong_file_is_refused_with_line_and_column_and_nothing_changes(engineer: Client) -> None:
    before = draft()
    file = SimpleUploadedFile("desk.yaml", b"code: DESK\nname: Desk\nbase_price: 1\nfeaturs: []\n")
    answer = engineer.post(f"{MODEL}/files/", {"file": file, "version": before.version})
    assert answer.status_code == 422
    assert "line 4" in answer.context["form"].errors["file"][0]
    assert draft().version == before.version


def test_two_revisions_are_compared_row_by_row_with_links(browser_of: Browser) -> None:
    product = cast.published_desk("DESK")
    engineer = browser_of("engineer")
    assert "One revision so far" in text_of(engineer.get(f"{MODEL}/history/"))
    first, *others = cast.parts_of(product).rules
    cast.changed(product, rules=(replace(first, reason="Too heavy."), *others))
    text = text_of(engineer.get(f"{MODEL}/history/"))
    assert "1 change" in text
    assert "Too heavy." in text
    assert "rules/row/?key=1" in text


def test_the_migration_report_names_the_open_quotations_and_what_they_lose(browser_of: Browser) -> None:
    product = cast.published_desk("DESK")
    order = cast.quotation(product=product)
    first, *others = cast.parts_of(product).features
    cast.changed(product, features=(replace(first, children=first.children[1:]), *others), bom=(), routing=(
        *cast.parts_of(product).routing[:2],
    ))  # fmt: skip
    text = text_of(browser_of("engineer").get(f"{MODEL}/migration/"))
    assert order.reference in text
    assert "Does not fit" in text


def test_a_tree_of_many_thousand_features_is_read_level_by_level(
    engineer: Client, django_assert_max_num_queries: Any
) -> None:
    revision = draft()
    groups = [{"code": f"G{number}", "label": "Group", "relation": "alternative"} for number in range(130)]
    for group in groups:
        group["children"] = [{"code": f"O{n}", "label": f"Option {n}"} for n in range(143)]  # type: ignore[assignment]
    ProductRevision.objects.filter(pk=revision.pk).update(
        model={**revision.model, "features": groups}, version=revision.version + 1
    )
    with django_assert_max_num_queries(12):
        text = text_of(engineer.get(f"{MODEL}/features/"))
    assert text.count('class="leaf"') < 110
    assert "Show more of 130" in text
    assert "Show more of 143" in text_of(engineer.get(f"{MODEL}/level/?below=G7&first=50"))
    found = text_of(pages.in_part(engineer, f"{MODEL}/features/", "rows", q="option 142"))
    assert "G49/O142" in found
    assert "The first 50 of 130." in found


def pages_post(client: Client, url: str, data: dict[str, Any]) -> Any:
    """A form posted by htmx from the try-out."""
    return client.post(url, data, headers={"HX-Request": "true", "HX-Target": "try"})
