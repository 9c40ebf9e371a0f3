"""`manage.py import_model FILE`: a product model from a file, as a draft."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from kernel.errors import Refused
from orders.services import import_model


class Command(BaseCommand):
    """Reads a file into the draft of its product; publishes nothing."""

    help = "Read a product model: the whole from YAML, features and rules from UVL, BOM lines from CSV."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, the product and how."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--code", default="", help="the product; what the file says where none is named")
        parser.add_argument("--merge", action="store_true", help="keep BOM lines that the file does not name")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, store, tell."""
        path: Path = options["file"]
        try:
            text = path.read_text(encoding="utf8")
            draft = import_model(text=text, file=path.name, code=options["code"], merge=options["merge"])
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"{path} cannot be read: {error}") from error
        except Refused as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{draft} is a draft with {draft.bom_lines.count()} BOM lines.")
