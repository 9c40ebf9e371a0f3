"""`manage.py export_model CODE`: a product model as a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import Refused
from orders.models import ProductRevision
from orders.selectors.exporting import FORMATS, exported


class Command(BaseCommand):
    """Writes the newest revision, or the one named, to a file or to the standard output."""

    help = "Write a product model: the whole as YAML, features and rules as UVL, BOM lines as CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The product, the format, the revision and where to."""
        parser.add_argument("code")
        parser.add_argument("--format", choices=FORMATS, default="yaml")
        parser.add_argument("--revision", type=int, help="its number; the newest where none is named")
        parser.add_argument("--output", type=Path, help="a file; the standard output where none is named")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find, write."""
        found = ProductRevision.objects.filter(product__code=options["code"]).select_related("product")
        if options["revision"] is not None:
            found = found.filter(number=options["revision"])
        revision = found.order_by("-number").first()
        if revision is None:
            raise CommandError(f"There is no such revision of {options['code']}.")
        try:
            text = exported(revision, options["format"])
        except Refused as error:
            raise CommandError(str(error)) from error
        if options["output"]:
            options["output"].write_text(text, encoding="utf8")
        else:
            self.stdout.write(text, ending="")
