"""Compiling, its time limit, storage, and kernels that stay compiled."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.engine.logic import circuit_kernels, forest_kernels
from orders.engine.logic.solver import Compiled, compile_tree
from orders.engine.logic.tree import FeatureTree
from orders.engine.logic.uvl import read_uvl
from tests.orders.engine.logic.models import PC, named, trees

KERNELS: list[Any] = [
    circuit_kernels.possible,
    circuit_kernels.reached,
    circuit_kernels.cheapest,
    circuit_kernels.logarithm,
    forest_kernels.settle,
    forest_kernels.spread,
    forest_kernels.price,
    forest_kernels.assign,
    forest_kernels.count_below,
]


def test_past_the_time_limit_sat_answers_and_the_note_says_so() -> None:
    compiled = compile_tree(read_uvl(PC), limit_s=0.001)
    assert compiled.method == compiled.solver().method == "SAT"
    assert "did not compile within" in compiled.note
    full = compile_tree(read_uvl(PC))
    assert (full.method, full.note) == ("d-DNNF", "")
    assert np.array_equal(compiled.solver().domains({}), full.solver().domains({}))


@settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
@given(trees(), st.booleans())
def test_a_stored_model_answers_as_the_one_compiled(tree: FeatureTree, with_circuit: bool) -> None:
    compiled = compile_tree(tree)
    if not with_circuit:
        compiled = Compiled(compiled.frame, None, "too large")
    again = Compiled.from_bytes(compiled.to_bytes())
    assert (again.method, again.note) == (compiled.method, compiled.note)
    assert again.frame.tree.rules == tree.rules
    assert again.solver().count({}) == compiled.solver().count({})


@pytest.mark.parametrize("data", [b"", b"nothing of the kind", b"PK\x05\x06" + bytes(18)])
def test_other_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="no compiled model"):
        Compiled.from_bytes(data)


def test_no_kernel_is_compiled_again_for_another_model() -> None:
    for text in (PC, "features\n\tOnly\n", PC + "\tQuiet => Tower\n"):
        stored = Compiled.from_bytes(compile_tree(read_uvl(text)).to_bytes())
        solver = stored.solver()
        solver.domains({0: True})
        solver.complete({0: True}, np.ones(len(solver.tree), np.int64))
    assert [len(kernel.signatures) for kernel in KERNELS] == [1] * len(KERNELS)


def test_one_solver_serves_several_questions_in_turn() -> None:
    solver = compile_tree(read_uvl(PC)).solver()
    before = solver.domains({})
    solver.domains(named(solver.tree, Cube=True))
    assert np.array_equal(solver.domains({}), before)
