"""The people, the customer and the small product that the tests of orders play with."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from orders import services
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


def desk(code: str = "", **fields: object) -> Product:
    """A draft desk: two groups, three parameters, rules, four materials, three operations, two checks."""
    number = next(_numbers)
    product = Product.objects.create(
        **{"code": code or f"DESK-{number}", "name": "Desk", "base_price": Decimal("400.00"), **fields}
    )
    top = product.groups.create(code="TOP", label="Top", position=1)
    top.options.create(code="OAK", label="Oak", position=1, is_default=True, attributes={"kg": 30})
    top.options.create(code="STEEL", label="Steel", position=2, price_adder="90.00", attributes={"kg": 55.5})
    legs = product.groups.create(code="LEGS", label="Legs", position=2)
    legs.options.create(code="WOOD", label="Wooden", position=1, is_default=True, attributes={"bears": 40})
    legs.options.create(code="IRON", label="Iron", position=2, price_percent="10", attributes={"bears": 90})
    product.parameters.create(
        code="WIDTH",
        label="Width",
        unit="mm",
        minimum=800,
        maximum=2400,
        step=100,
        default="1600",
        position=1,
    )
    product.parameters.create(
        code="TAG", label="Tag", kind="text", max_length=12, pattern="[A-Z0-9-]+", position=2
    )
    product.parameters.create(code="DRAWER", label="Drawer", kind="flag", position=3)
    product.rules.create(
        kind="requires", then="TOP.kg <= LEGS.bears", reason="The legs do not bear this top."
    )
    product.rules.create(
        kind="excludes", when="DRAWER", then="WIDTH < 1000", reason="A drawer needs 1000 mm.", position=1
    )
    product.price_rules.create(label="Extra width", condition="WIDTH > 1600", amount="(WIDTH - 1600) * 0.055")
    _materials(product, number)
    _routing(product, number)
    product.characteristics.create(
        number=1,
        label="Width",
        kind="measured",
        nominal="WIDTH",
        lower="WIDTH - 1",
        upper="WIDTH + 1",
        unit="mm",
    )
    product.characteristics.create(number=2, label="Top as ordered", expected="TOP", key=True)
    return product


def _materials(product: Product, number: int) -> None:
    board, leg, oil, lock = (
        Item.objects.create(number=f"{name}-{number}", description=name, unit=unit, standard_cost=cost)
        for name, unit, cost in (("BOARD", "m", 20), ("LEG", "pcs", 5), ("OIL", "l", 8), ("LOCK", "pcs", 3))
    )
    lines = product.bom_lines
    lines.create(find_number=10, item=board, quantity="WIDTH / 1000", operation_sequence=10)
    lines.create(find_number=20, item=leg, quantity="4", operation_sequence=20)
    lines.create(find_number=30, item=oil, condition="TOP = OAK", quantity="0.125", operation_sequence=30)
    lines.create(find_number=40, item=lock, quantity="if(DRAWER, 1, 0)", operation_sequence=20)


def _routing(product: Product, number: int) -> None:
    saw, hand = (Process.objects.create(code=f"{name}{number}", name=name) for name in ("SAW", "HAND"))
    steps = product.routing_steps
    steps.create(sequence=10, name="Saw", process=saw, setup_minutes="12", run_minutes="WIDTH / 300")
    steps.create(sequence=20, name="Build", process=hand, run_minutes="30", setup_family="TOP")
    steps.create(sequence=30, name="Oil", process=hand, condition="TOP = OAK", run_minutes="45", per="lot")


def published_desk(code: str = "", **fields: object) -> Product:
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
