"""`manage.py assets`: fetch the third-party front-end files by lock file into static/vendor."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kernel.assets import AssetsError, build


class Command(BaseCommand):
    """Idempotent: returns at once when the stamp matches the lock file. Needs no database."""

    help = "Fetch third-party front-end files (npm ci) and build the icon sprite."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--force", action="store_true", help="build even when up to date")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            built = build(Path(settings.BASE_DIR), self.stdout.write, force=options["force"])
        except AssetsError as problem:
            raise CommandError(str(problem)) from problem
        self.stdout.write("Front-end files are ready." if built else "Front-end files are up to date.")
