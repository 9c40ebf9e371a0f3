"""Features and constraints come from UVL and go back to it, with the same variants."""

import lzma
import os
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings

from demo.shop.models import load as demo_model
from kernel.errors import Refused
from orders.engine import CompiledProduct, ModelRefused, ProductModel, compile_product
from orders.engine.formats import dump_uvl, load_uvl
from orders.engine.formats.to_uvl import ANY_STEP
from orders.engine.grounding import ground
from orders.engine.logic.solver import compile_tree
from orders.engine.logic.tree import FeatureTree
from orders.engine.logic.uvl import read_uvl
from orders.engine.logic.uvl_writer import write_uvl
from tests.orders.engine.logic.models import PC, trees

CAR = Path(os.environ.get("MTO_UVL", "")) / "automotive02_v4.uvl.xz"
BIKE = """features
	Bike
		mandatory
			Frame
				alternative
					"City frame"
					Race
						mandatory
							Bar
								alternative
									Drop
									Flat
		optional
			Bags
				[0..2]
					Front
					Rear
			Lamp
				or
					LED
					Dynamo
			Bell
constraints
	Race => !Bags
	Lamp => Bell
	!(Front & Bell)
	Drop | "City frame"
	Bell <=> LED
	Frame => Race | Bell
"""


def compiled(model: ProductModel) -> CompiledProduct:
    """Features and rules, ready to configure."""
    return compile_product(replace(model, routing=(ANY_STEP,)))


def variants(tree: FeatureTree) -> int:
    """How many there are."""
    return compile_tree(tree).solver().count({})


def test_every_place_of_a_feature_has_its_words() -> None:
    rules = [(rule.kind, rule.when, rule.then) for rule in load_uvl(BIKE).rules]
    assert rules == [
        ("excludes", "Frame = Race", "Bags"),
        ("requires", "count(Lamp) > 0", "Bell"),
        ("requires", "", "not (Front in Bags_ and Bell)"),
        ("requires", "", "Bar = Drop or Frame = City_frame"),
        ("requires", "", "(Bell implies LED in Lamp) and (LED in Lamp implies Bell)"),
        ("requires", "true", "Frame = Race or Bell"),
    ]


def test_an_option_that_is_a_choice_itself_is_quoted_beside_its_choice() -> None:
    tree = "features\n\tA\n\t\talternative\n\t\t\tB\n\t\t\t\tor\n\t\t\t\t\tC\n\t\t\tE\n"
    (rule,) = load_uvl(tree + "constraints\n\tB => C\n").rules
    assert (rule.when, rule.then) == ("A = 'B'", "C in B")


def test_names_that_formulas_cannot_say_get_a_code_and_stay_as_label() -> None:
    model = load_uvl(
        'features\n\t"My car"\n\t\toptional\n\t\t\t"if"\n\t\t\t"a b"\n\t\t\t"a-b"\n\t\t\tQTY\n\t\t\t"4"\n'
    )
    assert (model.code, model.name) == ("My-car", "My car")
    assert [(row.code, row.label) for row in model.features] == [
        ("F_if", "if"), ("a_b", "a b"), ("a_b_2", "a-b"), ("QTY_2", "QTY"), ("F_4", "4"),
    ]  # fmt: skip


def test_the_constraint_is_the_reason() -> None:
    assert load_uvl(PC).rules[0].reason == "Cube => Frugal"


@pytest.mark.parametrize("text", [BIKE, PC])
def test_a_model_from_uvl_has_the_same_variants(text: str) -> None:
    grounding = ground(compiled(load_uvl(text)))
    assert grounding.faults == ()
    assert variants(grounding.tree) == variants(read_uvl(text))


@settings(max_examples=40, deadline=None)
@given(trees(most=9))
def test_any_tree_keeps_its_variants_there_and_back(tree: FeatureTree) -> None:
    text = write_uvl(tree)
    model = load_uvl(text)
    expected = variants(read_uvl(text))
    assert variants(ground(compiled(model)).tree) == expected
    assert variants(read_uvl(dump_uvl(model))) == expected


def test_what_was_written_reads_as_the_same_features_and_rules() -> None:
    model = load_uvl(PC)
    again = load_uvl(dump_uvl(model))
    assert again.features == model.features
    assert [(rule.when, rule.then) for rule in again.rules] == [(r.when, r.then) for r in model.rules]


def test_numbers_and_attributes_of_choices_are_counted_out_and_the_rest_is_a_comment() -> None:
    text = dump_uvl(demo_model("NB-W7"))
    assert '\n\t("256" | "512") => C32\n' in text
    assert "// Rule 6: GPU_QTY >= 3 requires CHASSIS = RK4 and PSU_W = 1600 cannot be said in UVL" in text
    assert read_uvl(text).names[0] == "NB-W7"


def test_options_of_the_same_code_are_named_with_their_choice() -> None:
    names = read_uvl(dump_uvl(demo_model("AC-G4"))).names
    assert {"OVENS.0", "COFFEE.0"} <= set(names)


def test_a_model_with_faults_is_refused_with_them() -> None:
    model = load_uvl(PC)
    broken = replace(model, rules=(replace(model.rules[0], then="Cbe"),))
    with pytest.raises(ModelRefused, match="Unknown name Cbe"):
        dump_uvl(broken)


def test_a_mistake_has_file_line_column_and_the_nearest_name() -> None:
    with pytest.raises(Refused) as caught:
        load_uvl(PC.replace("=> Frugal", "=> Frugl"), "pc.uvl")
    assert caught.value.message.startswith("pc.uvl, line 20, column 10: there is no feature “Frugl”")
    assert caught.value.remedy == "Did you mean “Frugal”?"


def test_features_too_deep_are_refused() -> None:
    lines = ["features", "\tA"]
    for depth in range(60):
        lines += ["\t" * (2 * depth + 2) + "mandatory", "\t" * (2 * depth + 3) + f"A{depth}"]
    with pytest.raises(Refused, match="more than 50 features deep"):
        load_uvl("\n".join(lines))


@pytest.mark.skipif(not CAR.is_file(), reason="MTO_UVL names no folder with Automotive02")
def test_a_whole_car_line_is_imported_in_seconds() -> None:
    text = lzma.decompress(CAR.read_bytes()).decode()
    started = perf_counter()
    model = load_uvl(text)
    assert perf_counter() - started < 10
    assert (len(model.rules), len(compiled(model).placed)) == (1369, 2950)
