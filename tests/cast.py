"""The cast of every permission test: one person for each role, and people of two customers."""

from dataclasses import dataclass

from django.test import Client

from orders.models import Address, Customer, Role, User

ALPEN, FJORD = "ALPEN", "FJORD"


@dataclass(frozen=True)
class People:
    """Who plays; `by_role` names everybody, also the first customer's buyer."""

    by_role: dict[str, User]
    stranger: User
    """Somebody at the other customer."""

    def __getitem__(self, role: str) -> User:
        return self.by_role[role]


def people() -> People:
    """One person for each role; the customers are Alpenlicht and, for the stranger, Fjord."""
    first, second = _customer(ALPEN, "Alpenlicht Optik"), _customer(FJORD, "Fjord Subsea")
    staff = {role.value: _person(role) for role in Role if role is not Role.CUSTOMER}
    return People({**staff, "customer": _person(Role.CUSTOMER, first)}, _person(Role.CUSTOMER, second))


def client_of(user: User) -> Client:
    """A browser in which this person is signed in."""
    client = Client()
    client.force_login(user, backend="mto.accounts.People")
    return client


def _person(role: Role, customer: Customer | None = None) -> User:
    where = customer.code.lower() if customer else "shop"
    return User.objects.create_user(
        f"{role.value}@{where}.example", None, first_name=role.label, roles=[role.value], customer=customer
    )


def _customer(code: str, name: str) -> Customer:
    customer, _ = Customer.objects.get_or_create(code=code, defaults={"name": name})
    if not customer.addresses.exists():
        Address.objects.create(
            customer=customer, name="Goods in", street="Kai 1", postal_code="20457", city="Hamburg"
        )
    return customer
