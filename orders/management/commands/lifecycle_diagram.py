"""`manage.py lifecycle_diagram`: docs/lifecycle.md, drawn from the table."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from kernel.machine import Row
from orders.lifecycle import LIFECYCLE

HEAD = """\
# The life of a job

Generated from `orders/lifecycle.py` by `uv run manage.py lifecycle_diagram`; a test keeps both equal.

A job is one order line. The order's own state is that of its least advanced open job. A hold is no state: it
blocks every move of the job but resume and cancel, and no worker takes the job over while it lasts.
"""


class Command(BaseCommand):
    """Writes the page, or with --check tells whether it is up to date."""

    help = "Write docs/lifecycle.md from the table of states and events."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """One switch."""
        parser.add_argument("--check", action="store_true", help="fail where it is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write or compare."""
        path = Path(settings.BASE_DIR) / "docs" / "lifecycle.md"
        if not options["check"]:
            path.parent.mkdir(exist_ok=True)
            path.write_text(page(), encoding="utf8")
        elif not path.is_file() or path.read_text(encoding="utf8") != page():
            raise SystemExit("docs/lifecycle.md is out of date: run uv run manage.py lifecycle_diagram")


def page() -> str:
    """The whole page: diagram, states, events."""
    parts = [
        HEAD,
        f"```mermaid\n{LIFECYCLE.mermaid()}\n```\n",
        "## States\n",
        *_states(),
        "\n## Events\n",
        *_events(),
    ]
    return "\n".join(parts) + "\n"


def _states() -> list[str]:
    rows = ["| state | staff read | customers read | final |", "|---|---|---|---|"]
    return rows + [
        f"| `{state.code}` | {state.label} | {state.customer_label} | {'yes' if state.final else ''} |"
        for state in LIFECYCLE.states.values()
    ]


def _events() -> list[str]:
    head = ["| from | event | to | button | by | then wakes |", "|---|---|---|---|---|---|"]
    return head + [_event(row) for row in LIFECYCLE.rows]


def _event(row: Row) -> str:
    sources = ", ".join(f"`{source}`" for source in row.sources)
    target = f"`{row.target}`" if row.target else "stays"
    woken = ", ".join(f"`{task}`" for task in row.then)
    return f"| {sources} | `{row.event}` | {target} | {row.label} | {row.by} | {woken} |"
