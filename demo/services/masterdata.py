"""The demo's master data, from demo.shop into the tables: Northbyte and two further product families."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from demo.services.prices import make_prices
from demo.shop import families, models
from demo.shop import resources as shop
from logistics.models import Carrier
from orders.models import (
    Address,
    Company,
    Contact,
    Customer,
    Item,
    Process,
    Role,
    User,
)
from orders.services import create_product, publish_product
from planning.models import Calendar, Crew, Machine, Shift, Skill, Tool, WorkCentre
from procurement.models import Supplier, SupplierItem
from procurement.services import Opening, open_stock
from production.models import ScrapReason

Login = dict[str, str]

ITEMS = (*shop.ITEMS, *families.ITEMS)


def make_shop(*, now: datetime) -> list[Login]:
    """Company, people, customers, items, resources and the published product; returns the demo logins."""
    Company.objects.create(name=shop.COMPANY[0], address=shop.COMPANY[1], email=shop.COMPANY[2])
    logins = _people()
    logins += _customers()
    _resources()
    _items(now)
    for code, description in models.FAMILIES:
        revision = create_product(model=models.load(code), description=description)
        publish_product(product=revision.product, now=now)
    make_prices(year=now.year - 1)
    Carrier.objects.bulk_create(Carrier(code=code, name=name) for code, name in shop.CARRIERS)
    ScrapReason.objects.bulk_create(ScrapReason(code=code, label=label) for code, label in shop.SCRAP_REASONS)
    return logins


def _people() -> list[Login]:
    logins = []
    for name, first, last, roles in shop.PEOPLE:
        email = f"{name}@northbyte.example"
        more = {"is_staff": True, "is_superuser": True} if "administrator" in roles else {}
        User.objects.create_user(
            email, shop.PASSWORD, first_name=first, last_name=last, roles=list(roles), **more
        )
        logins.append(_login(", ".join(roles), email, f"{first} {last}"))
    return logins


def _login(role: str, email: str, name: str) -> Login:
    return {"role": role, "email": email, "password": shop.PASSWORD, "name": name}


def _customers() -> list[Login]:
    logins = []
    for code, name, contact, street, postal_code, city, country in (*shop.CUSTOMERS, *families.CUSTOMERS):
        customer = Customer.objects.create(code=code, name=name)
        email = f"{contact.split()[0].lower()}@{code.lower()}.example"
        Contact.objects.create(customer=customer, name=contact, email=email)
        Address.objects.create(
            customer=customer, name=name, street=street, postal_code=postal_code, city=city, country=country
        )
        first, last = contact.split(" ", 1)
        User.objects.create_user(
            email, shop.PASSWORD, first_name=first, last_name=last, roles=[Role.CUSTOMER], customer=customer
        )
        logins.append(_login("customer", email, f"{contact}, {name}"))
    return logins[:2]


def _resources() -> None:
    calendars = {}
    for code, name, country, subdivision, shifts in shop.CALENDARS:
        calendars[code] = Calendar.objects.create(
            code=code, name=name, country=country, subdivision=subdivision
        )
        Shift.objects.bulk_create(
            Shift(
                calendar=calendars[code], name=title, weekdays=list(weekdays), starts=starts, ends=ends,
                break_starts=pause, break_ends=resume,
            )
            for title, weekdays, starts, ends, pause, resume in shifts
        )  # fmt: skip
    Process.objects.bulk_create(
        Process(code=code, name=name) for code, name in (*shop.PROCESSES, *families.PROCESSES)
    )
    processes = {process.code: process for process in Process.objects.all()}
    centres = (*shop.WORK_CENTRES, *families.WORK_CENTRES)
    for position, (code, name, calendar, process, count, rate) in enumerate(centres):
        centre = WorkCentre.objects.create(
            code=code,
            name=name,
            calendar=calendars[calendar],
            hourly_rate=Decimal(rate),
            position=position,
            unlimited=code in families.OUTSIDE,
        )
        centre.processes.add(processes[process])
        short = code.removeprefix("WC-")
        Machine.objects.bulk_create(
            Machine(work_centre=centre, code=f"{short}-{number:02d}", name=f"{name} {number}")
            for number in range(1, count + 1)
        )
    _people_and_tools(calendars)


def _people_and_tools(calendars: Mapping[str, Calendar]) -> None:
    for code, places, speed in families.SPECIAL_MACHINES:
        Machine.objects.filter(code=code).update(places=places, speed=speed)
    skills = {code: Skill.objects.create(code=code, name=name) for code, name in families.SKILLS}
    for code, name, calendar, size, known in families.CREWS:
        crew = Crew.objects.create(code=code, name=name, calendar=calendars[calendar], size=size)
        crew.skills.set([skills[each] for each in known])
    Tool.objects.bulk_create(
        Tool(code=code, name=name, quantity=quantity) for code, name, quantity in families.TOOLS
    )


def _items(now: datetime) -> None:
    suppliers = {
        code: Supplier.objects.create(code=code, name=name, email=f"orders@{code.lower()}.example")
        for code, name in (*shop.SUPPLIERS, *families.SUPPLIERS)
    }
    items = {
        number: Item.objects.create(
            number=number, description=text, unit=unit, standard_cost=Decimal(cost), mass_kg=Decimal(mass)
        )
        for number, text, unit, cost, mass, *_ in ITEMS
    }
    SupplierItem.objects.bulk_create(
        SupplierItem(
            supplier=suppliers[supplier], item=items[number], price=Decimal(cost), lead_time_days=days,
            pack_size=Decimal(pack),
        )
        for number, _, _, cost, _, supplier, days, pack, _ in ITEMS
        if supplier
    )  # fmt: skip
    openings = [
        Opening(
            item=items[row[0]], number=f"OPEN-{row[0]}", quantity=Decimal(row[8]), unit_cost=Decimal(row[3])
        )
        for row in ITEMS
        if Decimal(row[8])
    ]
    open_stock(openings=openings, reason="Opening stock", now=now)
