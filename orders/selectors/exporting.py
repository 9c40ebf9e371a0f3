"""A revision of a product model as a file."""

from kernel.errors import Refused
from kernel.wording import did_you_mean
from orders.engine.formats import dump_bom, dump_uvl, dump_yaml
from orders.models import ProductRevision
from orders.selectors.products import product_model

FORMATS = {"yaml": "application/yaml", "uvl": "text/plain", "csv": "text/csv"}
"""What a revision can be written as, with the type of the file."""


def exported(revision: ProductRevision, form: str) -> str:
    """The whole as YAML, features and rules as UVL, or BOM lines as CSV; three statements.

    Refused at `form` for another format, ModelRefused where features or rules are too wrong for UVL.
    """
    if form not in FORMATS:
        raise Refused(
            f"“{form[:20]}” is no format.",
            field="form",
            remedy=did_you_mean(form, FORMATS, f"Choose one of {', '.join(FORMATS)}."),
        )
    model = product_model(revision)
    if form == "csv":
        return dump_bom(model.bom)
    return dump_yaml(model) if form == "yaml" else dump_uvl(model)
