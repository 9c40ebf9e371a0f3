"""A UVL model as a product for benchmarks.clicks, published by a worker; prints where its page is."""

import argparse
import json
import lzma
import time
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlencode

from django.urls import reverse

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.web_prepare import cookie_of
from orders.engine import (
    BomRow,
    CharacteristicRow,
    FeatureRow,
    ProductModel,
    StepRow,
    Stored,
    compile_product,
)
from orders.engine.deciding import ready
from orders.engine.formats import load_uvl
from orders.models import Company, Customer, Item, Process, ProductRevision, Role, User
from orders.selectors.products import with_master_data
from orders.services import create_product, request_publication

WAITING, PATIENCE_S = ProductRevision.Status.PROVING, 600
LIMIT_S = 120.0


def main() -> None:
    """Import, publish, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model", type=Path)
    parser.add_argument("--users", type=int, required=True)
    options = parser.parse_args()
    Company.objects.create(name="Measured GmbH", address="Here")
    User.objects.create_user("sales@measured.example", "not used here", roles=[Role.SALES])
    customer = Customer.objects.create(code="C1", name="Customer 1")
    Item.objects.create(number="BODY", description="Body", standard_cost=Decimal(100))
    Process.objects.create(code="ASSEMBLE", name="Assemble")
    began = time.perf_counter()
    draft = create_product(model=_model(options.model))
    draft = request_publication(product=draft.product)
    while draft.status == WAITING and time.perf_counter() < began + PATIENCE_S:
        time.sleep(0.2)
        draft.refresh_from_db(fields=["status", "proof"])
    if draft.status != ProductRevision.Status.PUBLISHED:
        raise RuntimeError(f"{draft} is {draft.status}: {draft.proof}")
    place = {"customer": customer.code, "product": draft.product.code}
    told = {
        "features": draft.proof["features"],
        "publish_s": round(time.perf_counter() - began, 1),
        "page": f"{reverse('orders:new')}?{urlencode(place)}",
        "configure": reverse("orders:configure"),
        "cookies": [cookie_of("sales")["Cookie"] for _ in range(options.users)],
    }
    print(json.dumps(told))


def _model(file: Path) -> ProductModel:
    """What the file says, with the one part, operation and measure a product needs."""
    data = file.read_bytes()
    text = (lzma.decompress(data) if file.suffix == ".xz" else data).decode("utf8")
    model = replace(
        load_uvl(text, file.name),
        bom=(BomRow(10, "BODY", operation=10),),
        routing=(StepRow(10, "Assemble", "ASSEMBLE", "", "1", "60"),),
        characteristics=(CharacteristicRow(10, "Length", "measured", "", "100", "99", "101", unit="mm"),),
    )
    return _usual(with_master_data(model))


def _usual(model: ProductModel) -> ProductModel:
    """With some valid configuration as its defaults: the file says none, and the proof wants them to fit."""
    choices = ready(compile_product(model), limit_s=LIMIT_S).complete({}).choices
    return replace(model, features=tuple(_defaulted(row, choices) for row in model.features))


def _defaulted(row: FeatureRow, choices: Mapping[str, Stored], taken: Stored = None) -> FeatureRow:
    """A row and those below; `taken` is what stands at the choice it belongs to."""
    own = choices.get(row.code)
    below = own if row.options else None
    is_default = row.code in (taken if isinstance(taken, list) else [taken]) or own is True
    children = tuple(_defaulted(child, choices, below) for child in row.children)
    return replace(row, children=children, is_default=is_default)


if __name__ == "__main__":
    main()
