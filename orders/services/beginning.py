"""New products: empty, as a copy of another one, or from a file."""

from dataclasses import replace
from decimal import Decimal
from pathlib import PurePath

from django.db import transaction

from kernel.errors import Refused
from orders.engine import ProductModel
from orders.engine.document import BadDocument
from orders.engine.formats import load_uvl, load_yaml, located
from orders.models import Product, ProductRevision, User
from orders.selectors import latest_revision, product_model
from orders.services.modelling import create_product

WHOLE = {".yaml": load_yaml, ".yml": load_yaml, ".uvl": load_uvl}


@transaction.atomic
def begin_product(
    *,
    code: str = "",
    name: str = "",
    base_price: Decimal | None = None,
    currency: str = "",
    copy_of: Product | None = None,
    text: str = "",
    file: str = "",
    by: User | None = None,
) -> ProductRevision:
    """The first draft of a new product: what `copy_of` or the file says, or nothing; the words given count.

    Refused at `code`, `name`, `base_price`, `currency` as `create_product` does, at `code` also for “new”,
    which is an address of ours; at `file` with line, column and the nearest name for what cannot be read.
    """
    model = _begun(copy_of, text, file)
    model = replace(
        model,
        code=code or model.code,
        name=name or model.name,
        currency=currency or model.currency,
        base_price=model.base_price if base_price is None else base_price,
    )
    if model.code.casefold() == "new":
        raise Refused("“new” cannot be the code of a product.", field="code", remedy="Choose another code.")
    try:
        return create_product(model=model, by=by)
    except BadDocument as error:
        if not file:
            raise
        refusal = located(text, file, error)
        raise Refused(refusal.message, field="file", remedy=refusal.remedy) from error


def _begun(copy_of: Product | None, text: str, file: str) -> ProductModel:
    if copy_of is not None:
        return replace(product_model(latest_revision(copy_of)), code="")
    if not file:
        return ProductModel("", "", Decimal(0))
    load = WHOLE.get(PurePath(file).suffix.casefold())
    if load is None:
        raise Refused(
            f"{file} holds no whole product.",
            field="file",
            remedy="Give a .yaml or .uvl file; BOM lines as .csv go into a product that is there.",
        )
    try:
        return load(text, file)
    except Refused as refusal:
        raise Refused(refusal.message, field="file", remedy=refusal.remedy) from refusal
