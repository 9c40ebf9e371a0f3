"""Reading and writing UVL."""

import pytest
from hypothesis import HealthCheck, given, settings

from kernel.errors import Refused
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.solver import compile_tree
from orders.engine.logic.tree import And, FeatureTree, Group, Iff, Implies, Not, Or, Var, mentioned
from orders.engine.logic.uvl import read_uvl
from orders.engine.logic.uvl_writer import write_uvl
from tests.orders.engine.logic.models import PC, names, trees

FULL = """namespace Shop // the shop's model
include
	Boolean.group-cardinality

features
	Table {abstract, colour 'red', constraint Legs => Top}
		mandatory
			Top
			"Leg set 1" {price {net 3, gross 4},
				note "a } in quotes"}
		[1..2]
			Legs
			Wheels
		optional
			Drawer cardinality [0..1]
constraints
	Drawer => ("Leg set 1" & !Wheels) | Top <=> Legs
	/* nothing
	here */
	!Wheels | Drawer
"""


def refusal(text: str) -> Refused:
    with pytest.raises(Refused) as found:
        read_uvl(text, "shop.uvl")
    return found.value


def test_features_groups_and_constraints_are_read() -> None:
    tree = read_uvl(PC)
    assert tree.names[0] == "PC"
    assert [tree.mandatory[tree.index[name]] for name in ("PC", "Processor", "Quiet")] == [True, True, False]
    kinds = [Group(tree.group[tree.index[name]]) for name in ("Case", "Graphics", "PC")]
    assert kinds == [Group.ALTERNATIVE, Group.OR, Group.AND]
    cube, frugal = tree.index["Cube"], tree.index["Frugal"]
    assert tree.rules[0].formula == Implies(Var(cube), Var(frugal))
    assert [rule.number for rule in tree.rules] == [1, 2, 3]


def test_comments_attributes_quotes_and_bounds_are_read() -> None:
    tree = read_uvl(FULL)
    assert names(tree, range(len(tree))) >= {"Table", "Leg set 1", "Drawer"}
    top, legs, wheels, drawer = (tree.index[name] for name in ("Top", "Legs", "Wheels", "Drawer"))
    helper = int(tree.parent[legs])
    assert (tree.hidden[helper], tree.low[helper], tree.high[helper]) == (True, 1, 2)
    side = Or((And((Var(tree.index["Leg set 1"]), Not(Var(wheels)))), Var(top)))
    assert tree.rules[0].formula == Iff(Implies(Var(drawer), side), Var(legs))
    assert tree.rules[2].formula == Implies(Var(legs), Var(top))


@pytest.mark.parametrize(
    ("text", "place", "words"),
    [
        ("features\n\tA\n\t\tmandatroy\n\t\t\tB\n", "line 3, column 3", "Did you mean “mandatory”?"),
        ("features\n\tA\n\t\tor\n\t\t\tB\n\t\t\tB\n", "line 5, column 4", "stands in line 4 already"),
        ("features\n\tA\n\tB\n", "line 3, column 2", "a second root"),
        ("features\n\tA\n\t\tor\n\t\t\tmandatory\n", "line 4, column 4", "where a feature is expected"),
        ("features\n\tA\n\t\tor\n\t\t\tB-C\n", "line 4, column 5", "a feature's name is expected"),
        ("features\n\tA {price 3\n", "line 2, column 11", "a bracket is not closed"),
        ("features\n\tA\n\t\t[2..1]\n\t\t\tB\n", "line 3, column 3", "cannot be"),
        ("features\n\tA cardinality [1..5]\n", "line 2, column 4", "occurs several times"),
        ("features\n\tA\n\t\t[3]\n\t\t\tB\n", "line 2, column 2", "asks for 3 of 1"),
        ("feature\n\tA\n", "line 1, column 1", "Did you mean “features”?"),
        ("imports\n\tother as o\nfeatures\n\tA\n", "line 2, column 2", "imports cannot be followed"),
        ("", "line 1, column 1", "there is no feature"),
    ],
)
def test_a_wrong_feature_is_refused_with_its_place(text: str, place: str, words: str) -> None:
    error = refusal(text)
    assert str(error).startswith(f"shop.uvl, {place}:")
    assert words in str(error)


@pytest.mark.parametrize(
    ("constraint", "column", "words"),
    [
        ("Cube => Frugl", 10, "there is no feature “Frugl”. Did you mean “Frugal”"),
        ("Cube => (Frugal", 17, "“)” is missing"),
        ("Cube Frugal", 7, "“Frugal” is not expected here"),
        ("Cube => ", 9, "a feature is missing"),
        ("=> Cube", 2, "a feature is missing before “=>”"),
        ("Cube > 3", 7, "“>” is arithmetic"),
        ("Cube § Quiet", 7, "“§” cannot be read"),
        ("(" * 300 + "Cube", 62, "more than 60 parentheses"),
    ],
)
def test_a_wrong_constraint_is_refused_with_its_column(constraint: str, column: int, words: str) -> None:
    error = refusal(f"{PC}\t{constraint}\n")
    assert str(error).startswith(f"shop.uvl, line 23, column {column}:")
    assert words in str(error)


def outline(tree: FeatureTree) -> dict[str, tuple[object, ...]]:
    """The tree by names."""
    lines = zip(
        tree.names, tree.parent, tree.mandatory, tree.group, tree.low, tree.high, tree.hidden, strict=True
    )
    return {
        name: (tree.names[parent] if parent >= 0 else "", *(int(value) for value in rest))
        for name, parent, *rest in lines
    }


@pytest.mark.parametrize("text", [PC, FULL])
def test_what_is_written_reads_back_the_same(text: str) -> None:
    tree = read_uvl(text)
    again = read_uvl(write_uvl(tree))
    assert again.names == tree.names
    assert outline(again) == outline(tree)
    assert [rule.formula for rule in again.rules] == [rule.formula for rule in tree.rules]
    assert write_uvl(again) == write_uvl(tree)


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(trees())
def test_a_written_model_has_the_same_variants(tree: FeatureTree) -> None:
    text = write_uvl(tree)
    plain = FeatureTree(
        tree.names, tree.parent, tree.mandatory, tree.group, tree.low, tree.high, tree.rules, tree.tables
    )
    assert compile_tree(read_uvl(text)).solver().count({}) == compile_tree(plain).solver().count({})
    assert text.count("cannot be said in UVL") == len(tree.budgets)


def test_names_with_other_signs_are_quoted() -> None:
    builder = TreeBuilder()
    root = builder.feature("A table", mandatory=True)
    builder.rule(Not(Not(Var(builder.feature("or", root)))))
    tree = read_uvl(write_uvl(builder.build()))
    assert tree.names == ("A table", "or")
    assert list(mentioned(tree.rules[0].formula)) == [1]
