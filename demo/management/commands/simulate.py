"""Play orders through the running installation, from quotation to delivered."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.services.saboteur import Saboteur
from demo.services.simulation import Report, Simulation
from orders.models import Product


class Command(BaseCommand):
    """`manage.py simulate --orders N`: sales, suppliers, operators, inspectors and carriers at work."""

    help = "Play N orders from quotation to delivered through the running installation's workers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How many, how fast, how cruel."""
        parser.add_argument("--orders", type=_positive, default=20, metavar="N")
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--speed",
            type=float,
            default=0.0,
            metavar="X",
            help="Times real time; 0 (default): nobody waits.",
        )
        parser.add_argument(
            "--failing",
            type=float,
            default=0.1,
            metavar="P",
            help="Share of first inspections that fail (0-1).",
        )
        parser.add_argument(
            "--faults",
            action="store_true",
            help="Kill workers, flush the broker and cut connections meanwhile.",
        )
        parser.add_argument("--json", action="store_true", help="Print one JSON line.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Play and report."""
        if not Product.objects.filter(code="NB-W7", status=Product.Status.PUBLISHED).exists():
            raise CommandError("The demo product NB-W7 is not here. Load it: manage.py load_demo")
        simulation = Simulation(
            count=options["orders"],
            seed=options["seed"],
            failing=options["failing"],
            speed=options["speed"],
            tell=self.stderr.write,
        )
        saboteur = Saboteur(pids=_installation_pids, seed=options["seed"]) if options["faults"] else None
        if saboteur:
            saboteur.start()
        report = simulation.play()
        if saboteur:
            saboteur.done.set()
            saboteur.join()
        self._print(report, saboteur, as_json=options["json"])

    def _print(self, report: Report, saboteur: Saboteur | None, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(report.as_json()))
            for line in report.reasons:
                self.stderr.write(line)
            return
        for name, value in report.as_json().items():
            self.stdout.write(f"{name.replace('_', ' '):16} {value}")
        for line in [*(saboteur.broken if saboteur else []), *report.reasons]:
            self.stdout.write(line)


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise ValueError("at least 1")
    return value


def _installation_pids() -> list[int]:
    """The processes `manage.py up` started in this data folder."""
    path = Path(settings.DATA_DIR) / "installation.json"
    if not path.exists():
        return []
    return [pid for pid, _ in json.loads(path.read_text()).get("processes", [])]
