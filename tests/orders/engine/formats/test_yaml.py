"""A product model goes into YAML and comes back the same."""

from dataclasses import replace
from decimal import Decimal

import pytest
import yaml
from hypothesis import given, settings

from demo.shop.models import FAMILIES
from demo.shop.models import load as demo_model
from kernel.errors import Refused
from orders.engine import ProductModel
from orders.engine.document import from_document
from orders.engine.formats import dump_yaml, load_yaml
from tests.orders.engine.formats.drawn import MODELS
from tests.orders.models import WORKSTATION

HEAD = "code: P\nname: Pump\nbase_price: 100\n"


def wrong(text: str) -> tuple[str, str]:
    """What is said to a file that is no model: the message, and what helps."""
    with pytest.raises(Refused) as caught:
        load_yaml(text, "pump.yaml")
    return caught.value.message, caught.value.remedy


@settings(max_examples=150, deadline=None)
@given(MODELS)
def test_a_model_comes_back_the_same_and_the_text_again(model: ProductModel) -> None:
    text = dump_yaml(model)
    assert load_yaml(text) == model
    assert dump_yaml(load_yaml(text)) == text


@settings(max_examples=60, deadline=None)
@given(MODELS)
def test_any_yaml_reader_understands_what_is_written(model: ProductModel) -> None:
    assert from_document(yaml.safe_load(dump_yaml(model))) == model


@pytest.mark.parametrize("code", [code for code, _ in FAMILIES])
def test_the_demo_products_come_back_the_same(code: str) -> None:
    model = demo_model(code)
    assert load_yaml(dump_yaml(model)) == model


def test_only_what_is_not_usual_is_written_and_numbers_are_numbers() -> None:
    text = dump_yaml(replace(WORKSTATION, bom=(), routing=(), rules=(), features=WORKSTATION.features[:1]))
    assert text.startswith(
        "code: WS\nname: Workstation\nbase_price: 1000\nfeatures:\n- code: CPU\n  label: Processor\n"
        "  relation: alternative\n  mandatory: true\n  children:\n"
        "  - {code: C08, label: 8 cores, is_default: true, attributes: {watt: 65}}\n"
        "  - {code: C32, label: 32 cores, price_adder: 1850, attributes: {watt: 280.5}}\n"
    )


def test_a_formula_of_several_lines_is_a_block() -> None:
    board = replace(WORKSTATION.bom[0], quantity="if(RAM > 4,\n  2,\n  1)")
    assert "  quantity: |-\n    if(RAM > 4,\n      2,\n      1)\n" in dump_yaml(
        replace(WORKSTATION, bom=(board,))
    )


def test_words_and_numbers_mean_what_the_field_needs() -> None:
    model = load_yaml(HEAD + "features:\n- {code: no, label: 007, mandatory: yes, price_adder: 1.50}\n")
    (feature,) = model.features
    assert (feature.code, feature.label, feature.mandatory) == ("no", "007", True)
    assert feature.price_adder == Decimal("1.5")


def test_an_unknown_name_is_found_with_the_nearest_one() -> None:
    message, remedy = wrong(HEAD + "features:\n- code: A\n  label: A\n  mandatry: true\n")
    assert message == "pump.yaml, line 7, column 3: “mandatry” is not known here."
    assert remedy == "Did you mean mandatory?"


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("code: P\n", "line 1, column 1", "“name” is missing"),
        ("code: P\nname: x\nbase_price: much\n", "line 3, column 13", "“much”"),
        (HEAD + "features:\n- just\n", "line 5, column 3", "a mapping is expected, not “just”"),
        (HEAD + "features: {}\n", "line 4, column 11", "a list is expected"),
        (HEAD + "rules:\n- number: one\n", "line 5, column 11", "a whole number is expected"),
        (HEAD + "bom:\n- {find_number: 1, item: X, valid_from: soon}\n", "line 5, column 41", "a day as"),
        (HEAD + "name: twice\n", "line 4, column 1", "“name” stands in line 2 already"),
        (HEAD + "a: &x 1\nb: *x\n", "line 5, column 4", "aliases (*) are not read"),
        (HEAD + "a: !!python/name:os.system\n", "line 4, column 4", "the tag"),
        (HEAD + "---\ncode: Q\n", "line 4, column 1", "a second document"),
        (HEAD + "a: [1, 2\n", "line 5, column 1", "this is no YAML"),
        (HEAD + "{a: 1}: 2\n", "line 4, column 1", "a name is expected"),
        (HEAD + "name: a\x00b\n", "line 4, column 8", "cannot be printed"),
        ("a: " + "[" * 200, "line 1, column 123", "more than 120 levels"),
        ("", "line 1, column 1", "the file is empty"),
        ("7", "line 1, column 1", "a mapping is expected"),
    ],
)
def test_each_mistake_is_found_in_its_place(text: str, place: str, words: str) -> None:
    message, _ = wrong(text)
    assert place in message
    assert words in message


def test_a_file_that_is_too_long_is_refused() -> None:
    assert "has 20,000,036 characters" in wrong(HEAD + "#" * 20_000_001)[0]
