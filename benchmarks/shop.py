"""The measured product: twelve BOM lines, eight operations, five characteristics, and machines for them."""

from decimal import Decimal

from django.utils import timezone

from logistics.models import Carrier
from orders.engine import (
    BomRow,
    CharacteristicRow,
    FeatureRow,
    ParameterRow,
    ProductModel,
    StepRow,
    choice,
)
from orders.models import (
    Address,
    Company,
    Customer,
    Item,
    Process,
    Product,
    Role,
    User,
)
from orders.services import create_product, publish_product
from planning.models import Calendar, Machine, Shift, WorkCentre
from procurement.models import Supplier, SupplierItem

BOM_LINES, OPERATIONS, CHARACTERISTICS, MACHINES = 12, 8, 5, 60
SUPPLIERS = 3
KITS = {10: 6, 30: 3, 50: 2, 80: 1}
"""The operations material is kitted for, with how many items each."""


def make_shop(customers: int = 5) -> Product:
    """People, customers, machines, suppliers and the published product."""
    Company.objects.create(name="Measured GmbH", address="Here")
    for role in Role:
        if role != Role.CUSTOMER:
            User.objects.create_user(f"{role}@measured.example", "not used here", roles=[role])
    for number in range(customers):
        customer = Customer.objects.create(code=f"C{number}", name=f"Customer {number}")
        Address.objects.create(
            customer=customer, name=customer.name, street="Street 1", postal_code="1", city="City"
        )
    Carrier.objects.create(code="CAR", name="Carrier")
    _machines()
    return publish_product(product=_product(), now=timezone.now())


def _machines() -> None:
    calendar = Calendar.objects.create(code="ALWAYS", name="Around the clock")
    Shift.objects.create(
        calendar=calendar, name="Day", weekdays=[0, 1, 2, 3, 4, 5, 6], starts="00:00", ends="23:59"
    )
    for number in range(1, OPERATIONS + 1):
        process = Process.objects.create(code=f"P{number}", name=f"Process {number}")
        centre = WorkCentre.objects.create(code=f"WC{number}", name=f"Centre {number}", calendar=calendar)
        centre.processes.add(process)
        Machine.objects.bulk_create(
            Machine(work_centre=centre, code=f"M{number}-{index}", name=f"Machine {number}-{index}")
            for index in range(1, MACHINES + 1)
        )


def _product() -> Product:
    suppliers = [
        Supplier.objects.create(code=f"S{number}", name=f"Supplier {number}") for number in range(SUPPLIERS)
    ]
    kits = [sequence for sequence, items in KITS.items() for _ in range(items)]
    for number in range(1, BOM_LINES + 1):
        _item(number, suppliers[number % SUPPLIERS])
    colours = (
        FeatureRow(code, code, code == "RED", Decimal(index))
        for index, code in enumerate(("RED", "BLUE", "GREEN"))
    )
    model = ProductModel(
        "MEASURED",
        "Measured product",
        Decimal(100),
        features=(choice("COLOUR", "Colour", tuple(colours)),),
        parameters=(
            ParameterRow(
                "LENGTH", "Length", "number", "mm", Decimal(1), Decimal(500), Decimal(1), default="100"
            ),
        ),
        bom=tuple(
            BomRow(number * 10, f"I{number}", operation=kits[number - 1])
            for number in range(1, BOM_LINES + 1)
        ),
        routing=tuple(
            StepRow(number * 10, f"Operation {number}", f"P{number}", "", "1", "2 + LENGTH / 100")
            for number in range(1, OPERATIONS + 1)
        ),
        characteristics=tuple(
            CharacteristicRow(
                number * 10, f"Characteristic {number}", "measured", "", "LENGTH", "LENGTH - 1",
                "LENGTH + 1", unit="mm",
            )
            for number in range(1, CHARACTERISTICS + 1)
        ),
    )  # fmt: skip
    return create_product(model=model).product


def _item(number: int, supplier: Supplier) -> None:
    item = Item.objects.create(number=f"I{number}", description=f"Item {number}", standard_cost=Decimal(2))
    SupplierItem.objects.create(supplier=supplier, item=item, price=Decimal(2), lead_time_days=number)
