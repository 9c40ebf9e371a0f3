"""The strings of the lifecycle are proven at every start."""

from django.core.management import call_command

from kernel.machine import Machine, Row
from orders import checks
from orders.lifecycle import LIFECYCLE


def test_docs_lifecycle_is_the_table() -> None:
    call_command("lifecycle_diagram", check=True)


def test_the_table_is_sound() -> None:
    assert checks.table_is_sound() == []


def test_every_task_is_registered() -> None:
    assert [error.msg for error in checks.tasks_exist()] == []


def test_every_event_is_sent_by_somebody() -> None:
    assert [error.msg for error in checks.events_have_senders()] == []


def test_a_missing_task_is_named() -> None:
    machine = Machine([], [Row(("draft",), "quote", "quoted", "Send", ("orders.no", "planning.plan_jobs"))])
    assert checks.missing_tasks(machine) == ["orders.no"]


def test_an_event_nobody_sends_is_named() -> None:
    unsent = checks.unsent_events(LIFECYCLE, ['advance(line=line, event="quote")'])
    assert "quote" not in unsent
    assert "confirm" in unsent
