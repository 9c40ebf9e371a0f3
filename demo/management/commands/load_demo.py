"""Load the demo shop into an empty installation."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.services import load_demo
from demo.services.history import demo_is_loaded


class Command(BaseCommand):
    """`manage.py load_demo`: Northbyte Systems with sixty orders in all states."""

    help = "Load the demo shop Northbyte Systems into an empty installation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The seed of the story."""
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        """Refuse where real data lives, tell progress, leave the logins in the data folder."""
        if not settings.MTO_DEMO_ALLOWED:
            raise CommandError("The demo has known passwords and does not load with production settings.")
        if demo_is_loaded():
            raise CommandError("There is data here already; the demo loads into an empty installation only.")
        began = time.monotonic()
        logins = load_demo(tell=lambda text: self._tell(text, began), seed=options["seed"])
        path = Path(settings.DATA_DIR) / "demo-logins.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(logins, indent=1))
        self._tell(f"{len(logins)} logins in {path}", began)

    def _tell(self, text: str, began: float) -> None:
        self.stdout.write(f"  demo  {time.monotonic() - began:5.1f} s  {text}")
        self.stdout.flush()
