"""Product models as files: YAML for the whole, UVL for features and constraints, CSV for the BOM."""

from orders.engine.formats.as_csv import dump_bom, load_bom, merged
from orders.engine.formats.as_yaml import dump_yaml, load_yaml, located
from orders.engine.formats.from_uvl import load_uvl
from orders.engine.formats.to_uvl import dump_uvl

__all__ = ["dump_bom", "dump_uvl", "dump_yaml", "load_bom", "load_uvl", "load_yaml", "located", "merged"]
