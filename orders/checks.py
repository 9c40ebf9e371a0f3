"""System checks: the lifecycle's table is sound, its strings name real tasks, its events have senders."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from celery import current_app
from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils.module_loading import autodiscover_modules

from kernel.machine import Machine
from orders.lifecycle import LIFECYCLE

SENDING = re.compile(r"\bevent=\"(\w+)\"")


def table_is_sound(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Every state is known, reachable and, where it is open, has a way out; no pair has two rows."""
    return [Error(f"Lifecycle: {problem}.", id="orders.E001") for problem in LIFECYCLE.problems()]


def tasks_exist(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Every `then` of the table is a registered Celery task."""
    return [
        Error(
            f"Lifecycle: “{task}” is no registered task.",
            hint=f"Add @shared_task(name={task!r}) to {task.partition('.')[0]}/tasks.py.",
            id="orders.E002",
        )
        for task in missing_tasks(LIFECYCLE)
    ]


def events_have_senders(app_configs: Sequence[AppConfig] | None = None, **options: Any) -> list[CheckMessage]:
    """Every event of the table is sent by some service, written as `event="…"`."""
    return [
        Error(f"Lifecycle: nobody sends “{event}”.", hint="Remove the row or send it.", id="orders.E003")
        for event in unsent_events(LIFECYCLE, _services())
    ]


def missing_tasks(machine: Machine) -> list[str]:
    """The task names in the table that Celery does not know, in table order."""
    # Celery's own way of importing them would run the system checks again.
    autodiscover_modules("tasks")
    named = dict.fromkeys(task for row in machine.rows for task in row.then)
    return [task for task in named if task not in current_app.tasks]


def unsent_events(machine: Machine, sources: Iterable[str]) -> list[str]:
    """The events of the table that none of these sources sends, in table order."""
    sent = {event for text in sources for event in SENDING.findall(text)}
    return [event for event in dict.fromkeys(row.event for row in machine.rows) if event not in sent]


CHECKS = (table_is_sound, tasks_exist, events_have_senders)


def _services() -> Iterator[str]:
    """The source of every service of our own apps."""
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.is_relative_to(settings.BASE_DIR):
            for path in (folder / "services.py", *sorted((folder / "services").rglob("*.py"))):
                if path.is_file():
                    yield path.read_text(encoding="utf8")
