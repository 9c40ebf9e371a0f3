"""Any number of sweepers may run; one works, and outages are waited out."""

import threading
from typing import Any

import pytest
from django.db import OperationalError, connection

from mto.management.commands.sweep import sweep_once


class Diary:
    """What a sweeper did."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def sweep(self) -> None:
        self.lines.append("swept")

    def beat(self, name: str) -> None:
        self.lines.append(f"beat {name}")


@pytest.fixture
def diary() -> Diary:
    return Diary()


@pytest.mark.django_db
def test_a_round_sweeps_and_then_beats(diary: Diary) -> None:
    assert sweep_once([diary.sweep], diary.beat)
    assert diary.lines == ["swept", "beat sweeper"]


@pytest.mark.django_db(transaction=True)
def test_a_second_sweeper_stands_by(diary: Diary) -> None:
    results: list[bool] = []

    def second() -> None:
        results.append(sweep_once([diary.sweep], diary.beat))
        connection.close()

    def while_the_first_works() -> None:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()

    assert sweep_once([while_the_first_works], diary.beat)
    assert results == [False]
    assert diary.lines == ["beat sweeper"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError("away"), RuntimeError("a fault")])
def test_a_failed_sweep_writes_no_heartbeat_and_the_next_round_works(diary: Diary, error: Exception) -> None:
    def fail() -> Any:
        raise error

    assert not sweep_once([fail], diary.beat)
    assert diary.lines == []
    assert sweep_once([diary.sweep], diary.beat)
