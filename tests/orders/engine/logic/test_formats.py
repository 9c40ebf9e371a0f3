"""Reading DIMACS and XCSP, and the builder's own checks."""

import pytest

from kernel.errors import Refused
from orders.engine.logic.build import TreeBuilder
from orders.engine.logic.dimacs import read_dimacs
from orders.engine.logic.solver import compile_tree
from orders.engine.logic.tree import Group
from orders.engine.logic.xcsp import read_xcsp

DIMACS = "c 1 Root\nc 2$ Left side\np cnf 3 3\n1 0\n-1 2\n3 0 -2\n-3 0\n"
XCSP = """<instance>
<domains><domain name="D" nbValues="3">0..2</domain><domain name="B" nbValues="2">-1 0</domain></domains>
<variables><variable name="a" domain="D"/><variable name="b" domain="B"/></variables>
<relations><relation name="R" arity="2" nbTuples="2" semantics="supports">0 0|1 -1|9 9</relation>
<relation name="S" arity="1" nbTuples="1" semantics="conflicts">1</relation></relations>
<constraints><constraint name="first" arity="2" reference="R" scope="a b"/>
<constraint name="second" arity="1" reference="S" scope="a"/></constraints>
</instance>
"""


def test_dimacs_is_read_with_names_and_clauses_over_lines() -> None:
    tree = read_dimacs(DIMACS)
    assert tree.names == ("Root", "Left side", "x3")
    assert [rule.label for rule in tree.rules] == ["line 4", "line 6", "line 7"]
    assert compile_tree(tree).solver().count({}) == 2


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1 2 0\n", "line 1, column 1: a clause stands before"),
        ("c nothing\n", "line 1, column 1: “p cnf <variables> <clauses>” is missing"),
        ("p cnf two 3\n", "line 1, column 1: one line “p cnf"),
        ("p cnf 2 1\n1 5 0\n", "line 2, column 3: variable 5 is not among the 2"),
        ("p cnf 2 1\n1 b 0\n", "line 2, column 3: a number is expected"),
        ("p cnf 2 1\n1 2\n", "line 2, column 3: the last clause does not end"),
        ("p cnf 2 2\n1 2 0\n", "line 2, column 1: 2 clauses were announced, 1 are there"),
    ],
)
def test_wrong_dimacs_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(Refused) as error:
        read_dimacs(text, "a.dimacs")
    assert f"a.dimacs, {words}" in str(error.value)


def test_xcsp_is_read_as_one_alternative_per_variable() -> None:
    tree = read_xcsp(XCSP)
    assert tree.names == ("a", "a=0", "a=1", "a=2", "b", "b=-1", "b=0")
    assert {Group(tree.group[tree.index[name]]) for name in "ab"} == {Group.ALTERNATIVE}
    solver = compile_tree(tree).solver()
    assert solver.count({}) == 1
    assert solver.domains({}).must[[tree.index["a=0"], tree.index["b=0"]]].all()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('scope="a b"', 'scope="a c"', "line 6, column 14: there is no variable “c”"),
        (
            'reference="R"',
            'reference="Rs"',
            "line 6, column 14: there is no relation “Rs”. Did you mean “R”?",
        ),
        ('domain="D"/>', 'domain="E"/>', "line 3, column 12: there is no domain “E”"),
        ("0 0|1", "0 0 0|1", "line 4, column 12: 7 values do not make tuples of 2"),
        ("supports", "maybe", "line 4, column 12: semantics “maybe” cannot be read"),
        ("<instance>", "<!DOCTYPE x><instance>", "a document type is not expected"),
        ("</instance>", "", "line 9, column 1: no element found"),
        ("<constraints>", "<predicates/><constraints>", "“predicates” cannot be read"),
    ],
)
def test_wrong_xcsp_is_refused_with_its_place(old: str, new: str, words: str) -> None:
    with pytest.raises(Refused) as error:
        read_xcsp(XCSP.replace(old, new, 1), "a.xml")
    assert words in str(error.value)


def test_the_builder_finds_what_does_not_fit_together() -> None:
    builder = TreeBuilder()
    root = builder.feature("A", mandatory=True)
    one, two = builder.feature("B", root), builder.feature("C", root)
    builder.table([(one, two)], [(one,)])
    with pytest.raises(ValueError, match="children of one alternative group"):
        builder.build()
    builder.combine(root, Group.ALTERNATIVE)
    assert builder.build().high[root] == 1
    builder.feature("B", root)
    with pytest.raises(ValueError, match="the same name"):
        builder.build()
