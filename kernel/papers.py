"""Papers: facts in, PDF bytes out."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FONTS = typst.Fonts(include_system_fonts=False)


def draw(template: Path, papers: Mapping[str, Any]) -> bytes:
    """One PDF/A-2b document of a Typst template and its facts.

    The facts travel as JSON data, so nothing a customer typed can become markup; fonts come with the
    compiler, so the same facts give the same document everywhere.
    """
    compiler = typst.Compiler(template, font_paths=FONTS, sys_inputs={"papers": json.dumps(papers)})
    result = compiler.compile(format="pdf", pdf_standards=["a-2b"])
    if not isinstance(result, bytes):
        raise TypeError(f"{template.name} is not one PDF document")
    return result
