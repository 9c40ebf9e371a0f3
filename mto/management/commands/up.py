"""`manage.py up`: everything an installation needs, in one command."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from mto.embedded.process import StartFailed
from mto.installation import AlreadyRunsError, Installation
from mto.progress import Progress
from mto.startup import Startup, Wishes


class Command(BaseCommand):
    """Start the services, the web server, the workers and the sweeper; Ctrl-C stops them."""

    help = "Start everything: services, web, workers, sweeper. Ctrl-C stops what was started."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The options of a start."""
        parser.add_argument("--port", type=int, default=8000, help="where the pages answer (8000)")
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on (127.0.0.1)")
        parser.add_argument("--data", metavar="DIR", help="the data folder (MTO_DATA, or .data)")
        parser.add_argument(
            "--no-demo", action="store_true", help="start empty instead of with the demo shop"
        )
        parser.add_argument("--workers", type=int, default=1, help="how many Celery worker processes (1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Stay until stopped."""
        if options["workers"] < 1 or not 0 < options["port"] < 65536:
            raise CommandError("--workers needs at least 1, --port a number from 1 to 65535.")
        wishes = Wishes(options["host"], options["port"], not options["no_demo"], options["workers"])
        installation = Installation(settings.DATA_DIR)
        try:
            with installation.held():
                Startup(installation, wishes, Progress()).run()
        except (AlreadyRunsError, StartFailed) as error:
            raise CommandError(str(error)) from error
