"""A small PC by hand: what a salesperson would expect."""

import numpy as np
import pytest

from orders.engine.logic.answers import CHILD, GROUP, Relation, Solver, Unsatisfiable
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.solver import Compiled, compile_tree, dead_and_false_optional, void_reason
from orders.engine.logic.tree import FeatureTree, Group, Not, Var
from orders.engine.logic.uvl import read_uvl
from tests.orders.engine.logic.models import PC, PRICES, named, names


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_tree(read_uvl(PC))


@pytest.fixture(params=["d-DNNF", "SAT"])
def solver(compiled: Compiled, request: pytest.FixtureRequest) -> Solver:
    return (compiled if request.param == "d-DNNF" else Compiled(compiled.frame, None)).solver()


def prices(tree: FeatureTree) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([PRICES.get(name, 0) for name in tree.names], np.int64)


def test_a_choice_implies_and_blocks(solver: Solver) -> None:
    can, must = solver.domains(named(solver.tree, Cube=True))
    assert names(solver.tree, np.flatnonzero(must)) == {"PC", "Processor", "Case", "Cube", "Frugal"}
    assert names(solver.tree, np.flatnonzero(~can)) == {"Tower", "Fast", "Graphics", "Render", "Game"}


def test_a_blocked_option_names_the_choice_the_rules_and_the_groups(solver: Solver) -> None:
    tree = solver.tree
    conflict = solver.explain(named(tree, Quiet=True, Cube=True), tree.index["Render"], True)
    assert names(tree, conflict.choices) == {"Cube"}
    assert [tree.labels[number] for number in conflict.rules] == ["Cube => Frugal", "Graphics => Fast"]
    group, child = Relation(GROUP, tree.index["Processor"]), Relation(CHILD, tree.index["Render"])
    assert set(conflict.relations) == {group, child}


def test_a_conflict_of_the_tree_alone_needs_no_rule(solver: Solver) -> None:
    tree = solver.tree
    conflict = solver.explain(named(tree, Tower=True), tree.index["Cube"], True)
    assert (names(tree, conflict.choices), conflict.rules) == ({"Tower"}, ())
    assert conflict.relations == (Relation(GROUP, tree.index["Case"]),)


def test_the_contrary_of_a_choice_is_blocked_by_the_choice(solver: Solver) -> None:
    tower = solver.tree.index["Tower"]
    assert solver.explain({tower: True}, tower, False).choices == (tower,)


def test_nothing_explains_what_is_possible(solver: Solver) -> None:
    with pytest.raises(ValueError, match="Quiet can be True"):
        solver.explain({}, solver.tree.index["Quiet"], True)


def test_a_repair_gives_up_the_fewest_choices_and_says_what_they_become(solver: Solver) -> None:
    tree = solver.tree
    chosen = named(tree, Cube=True, Quiet=True)
    first, *others = solver.repairs(chosen, tree.index["Game"], True)
    assert (names(tree, first.give_up), others) == ({"Cube", "Quiet"}, [])
    assert {tree.names[feature]: value for feature, value in first.becomes} == {
        "Cube": False,
        "Quiet": False,
        "Tower": True,
    }


def test_what_no_choice_blocks_has_no_repair(solver: Solver) -> None:
    assert solver.repairs({}, solver.tree.index["Processor"], False) == ()


def test_the_cheapest_completion_adds_what_is_missing(solver: Solver) -> None:
    tree = solver.tree
    done = solver.complete(named(tree, Game=True), prices(tree))
    assert int(done @ prices(tree)) == 300 + 80 + 400


def test_variants_are_counted(solver: Solver) -> None:
    assert solver.count({}) == 10
    assert solver.count(named(solver.tree, Cube=True)) == 2
    assert solver.count(named(solver.tree, Cube=True, Game=True)) == 0
    assert solver.log10_count(named(solver.tree, Cube=True, Game=True)) == -np.inf


def test_contradictory_choices_are_refused(solver: Solver) -> None:
    chosen = named(solver.tree, Cube=True, Game=True)
    with pytest.raises(Unsatisfiable) as refusal:
        solver.complete(chosen, prices(solver.tree))
    assert names(solver.tree, refusal.value.conflict.choices) == {"Cube", "Game"}


def test_a_void_model_names_the_fewest_rules() -> None:
    text = PC + "\tPC => Quiet\n\tCase => Game\n\tTower => Tower\n"
    assert void_reason(read_uvl(text)) == (3, 4, 5)
    assert void_reason(read_uvl(PC)) is None


def test_a_void_model_compiles_and_refuses_every_question() -> None:
    builder = TreeBuilder()
    root = builder.feature("Root", mandatory=True)
    builder.rule(Not(Var(root)), "no root")
    for compiled in (full := compile_tree(builder.build()), Compiled(full.frame, None)):
        assert compiled.solver().count({}) == 0
        with pytest.raises(Unsatisfiable):
            compiled.solver().domains({})


def test_dead_and_falsely_optional_features_are_listed(solver: Solver) -> None:
    assert dead_and_false_optional(solver) == ((), ())
    odd = read_uvl(PC + "\tPC => Quiet\n\t!Cube\n")
    dead, false_optional = dead_and_false_optional(compile_tree(odd).solver())
    assert names(odd, dead) == {"Cube", "Game"}
    assert names(odd, false_optional) == {"Tower", "Render", "Quiet"}


def test_a_feature_without_its_parent_is_not_falsely_optional() -> None:
    builder = TreeBuilder()
    root = builder.feature("Root", mandatory=True)
    option = builder.feature("Option", root)
    inner = builder.feature("Inner", option)
    other = builder.feature("Other", option)
    builder.combine(option, Group.OR)
    builder.rule(Not(Var(other)))
    assert dead_and_false_optional(compile_tree(builder.build()).solver()) == ((other,), (inner,))
