"""Structures are kept per revision, within bounds, and loaded once."""

from threading import Barrier, Thread

import pytest

from kernel.errors import Refused
from orders.engine.structure import Structure
from orders.selectors.structures import Structures
from tests.orders.engine.bom import Line, structure_of


def of_lines(count: int) -> Structure:
    return structure_of(*(Line(number, 0, number) for number in range(1, count + 1)))


def test_a_structure_is_loaded_once_and_kept() -> None:
    kept, loads = Structures(), []
    first = kept.get("A", lambda: loads.append(1) or of_lines(3))
    assert kept.get("A", lambda: loads.append(1) or of_lines(3)) is first
    assert len(loads) == 1


def test_what_was_used_least_recently_goes_when_lines_become_too_many() -> None:
    kept = Structures(most_lines=5)
    first, second = kept.get("A", lambda: of_lines(2)), kept.get("B", lambda: of_lines(2))
    kept.get("A", lambda: of_lines(2))
    kept.get("C", lambda: of_lines(3))
    assert kept.get("A", lambda: of_lines(2)) is first
    assert kept.get("B", lambda: of_lines(2)) is not second


def test_one_structure_larger_than_all_is_kept_alone() -> None:
    kept = Structures(most_lines=1)
    large = kept.get("A", lambda: of_lines(4))
    assert kept.get("A", lambda: of_lines(4)) is large


def test_a_refusal_is_told_and_not_kept() -> None:
    kept = Structures()
    with pytest.raises(Refused):
        kept.get("A", lambda: structure_of(Line(1, 0, 1, "0")))
    assert kept.get("A", lambda: of_lines(1)).lines == 1


def test_threads_that_ask_together_load_once_and_get_the_same() -> None:
    kept, ready, loads, found = Structures(), Barrier(4), [], []

    def ask() -> None:
        ready.wait()
        found.append(kept.get("A", lambda: loads.append(1) or of_lines(50)))

    threads = [Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(loads), len(set(map(id, found))), len(found)) == (1, 1, 4)
