"""The people, the customer and the small product that the tests of orders play with."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any

from orders import selectors, services
from orders.engine import (
    BomRow,
    CharacteristicRow,
    FeatureRow,
    ParameterRow,
    PriceRow,
    ProductModel,
    RuleRow,
    StepRow,
    choice,
)
from orders.models import Address, Customer, Item, Order, Process, Product, Role, User
from orders.services import Header, LineInput

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WISHED = date(2026, 12, 10)
_numbers = count(1)


def person(*roles: str, **fields: object) -> User:
    """Somebody with these roles."""
    return User.objects.create_user(f"person{next(_numbers)}@shop.example", None, roles=list(roles), **fields)


def customer(**fields: object) -> Customer:
    """A customer in EUR with one delivery address."""
    made = Customer.objects.create(**{"code": f"C{next(_numbers)}", "name": "Altair Air", **fields})
    Address.objects.create(
        customer=made, name="Goods in", street="Kai 1", postal_code="20457", city="Hamburg"
    )
    return made


def desk(code: str = "", **fields: Any) -> Product:
    """A draft desk: two groups, three parameters, rules, four materials, three operations, two checks."""
    number = next(_numbers)
    for name, unit, cost in (("BOARD", "m", 20), ("LEG", "pcs", 5), ("OIL", "l", 8), ("LOCK", "pcs", 3)):
        Item.objects.create(number=f"{name}-{number}", description=name, unit=unit, standard_cost=cost)
    for name in ("SAW", "HAND"):
        Process.objects.create(code=f"{name}{number}", name=name)
    model = ProductModel(code or f"DESK-{number}", "Desk", Decimal("400.00"), **desk_rows(number))
    return services.create_product(model=replace(model, **fields)).product


def desk_rows(number: int) -> dict[str, Any]:
    """The rows of the desk, with the items and processes of this number."""
    top = (
        FeatureRow("OAK", "Oak", True, attributes={"kg": 30}),
        FeatureRow("STEEL", "Steel", price_adder=Decimal("90.00"), attributes={"kg": 55.5}),
    )
    legs = (
        FeatureRow("WOOD", "Wooden", True, attributes={"bears": 40}),
        FeatureRow("IRON", "Iron", price_percent=Decimal(10), attributes={"bears": 90}),
    )
    width = ParameterRow("WIDTH", "Width", "number", "mm", Decimal(800), Decimal(2400), Decimal(100))
    return {
        "features": (choice("TOP", "Top", top), choice("LEGS", "Legs", legs)),
        "parameters": (
            replace(width, default="1600"),
            ParameterRow("TAG", "Tag", "text", max_length=12, pattern="[A-Z0-9-]+"),
            ParameterRow("DRAWER", "Drawer", "flag"),
        ),
        "rules": (
            RuleRow(1, "requires", "", "TOP.kg <= LEGS.bears", "The legs do not bear this top."),
            RuleRow(2, "excludes", "DRAWER", "WIDTH < 1000", "A drawer needs 1000 mm."),
        ),
        "prices": (PriceRow("Extra width", "WIDTH > 1600", "(WIDTH - 1600) * 0.055"),),
        "bom": (
            BomRow(10, f"BOARD-{number}", "", "WIDTH / 1000", 10),
            BomRow(20, f"LEG-{number}", "", "4", 20),
            BomRow(30, f"OIL-{number}", "TOP = OAK", "0.125", 30),
            BomRow(40, f"LOCK-{number}", "", "if(DRAWER, 1, 0)", 20),
        ),
        "routing": (
            StepRow(10, "Saw", f"SAW{number}", "", "12", "WIDTH / 300"),
            StepRow(20, "Build", f"HAND{number}", run_minutes="30", setup_family="TOP"),
            StepRow(30, "Oil", f"HAND{number}", "TOP = OAK", run_minutes="45", per="lot"),
        ),
        "characteristics": (
            CharacteristicRow(1, "Width", "measured", "", "WIDTH", "WIDTH - 1", "WIDTH + 1", unit="mm"),
            CharacteristicRow(2, "Top as ordered", expected="TOP", key=True),
        ),
    }


def parts_of(product: Product) -> ProductModel:
    """The newest model of a product, published or not."""
    return selectors.product_model(selectors.latest_revision(product))


def changed(product: Product, **changes: Any) -> Product:
    """The product with a draft in which these parts of the model are others."""
    draft = services.draft_of(product=product)
    model = replace(selectors.product_model(draft), **changes)
    services.save_draft(revision=draft, model=model)
    return product


def published_desk(code: str = "", **fields: Any) -> Product:
    """The desk, orderable."""
    return services.publish_product(product=desk(code, **fields), now=NOW)


def seller() -> User:
    """Somebody in sales."""
    return person(Role.SALES)


def quotation(
    *lines: LineInput, product: Product | None = None, by: User | None = None, header: Header | None = None
) -> Order:
    """A draft of one desk, or of these lines, wished for 10 December."""
    wanted = list(lines) or [LineInput(product or published_desk(), 2)]
    return services.create_quotation(
        customer=customer(),
        lines=wanted,
        by=by,
        header=header or Header(requested_date=WISHED),
        now=NOW,
    )


def quoted(*lines: LineInput, **more: object) -> Order:
    """A sent quotation."""
    return services.send_quotation(order=quotation(*lines, **more), by=None, now=NOW)


def confirmed(*lines: LineInput, **more: object) -> Order:
    """A confirmed order whose jobs wait for planning."""
    return services.confirm_order(order=quoted(*lines, **more), by=None, now=NOW + timedelta(minutes=5))
