"""What if a supplier fails: from its purchase order to planning's what-ifs."""

from datetime import date

import pytest
from django.test import Client

from kernel.errors import Refused
from orders.models import Role, User
from planning.models import Branch
from procurement import services
from procurement.selectors import awaited_from
from tests.procurement.conftest import NOW, Store

PAGE = "/procurement/suppliers/ALPHA/what-if/"


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=[Role.PLANNER]))
    return client


def test_what_waits_for_a_supplier_is_what_it_has_to_bring(store: Store) -> None:
    job = store.job("5", "3")
    order = store.sent(job)
    assert awaited_from(store.supplier) == tuple(job.requirements.order_by("id").values_list("id", flat=True))
    store.receive(order)
    assert awaited_from(store.supplier) == ()


def test_the_what_if_names_supplier_requirements_and_days(store: Store) -> None:
    job = store.job("5")
    store.sent(job)
    branch = services.try_without(supplier=store.supplier, by=None, days=14, now=NOW)
    (change,) = branch.changes
    assert (branch.name, change["kind"], change["source"]) == ("Alpha Parts fails", "expect", "Alpha Parts")
    assert (change["requirements"], change["days"]) == ((job.requirements.get().id,), 14)


def test_days_and_a_day_together_are_refused(store: Store) -> None:
    store.sent(store.job("5"))
    with pytest.raises(Refused, match="Either how many days"):
        services.try_without(supplier=store.supplier, by=None, days=3, day=date(2027, 1, 4), now=NOW)


def test_a_supplier_nobody_waits_for_cannot_fail(store: Store) -> None:
    with pytest.raises(Refused, match="No job waits for anything from Alpha Parts"):
        services.try_without(supplier=store.supplier, by=None, days=3, now=NOW)


def test_a_planner_comes_from_the_purchase_order_to_the_what_if(store: Store, planner: Client) -> None:
    order = store.sent(store.job("5"))
    assert PAGE in planner.get(f"/procurement/orders/{order.number}/").content.decode()
    assert "1 requirement waits for Alpha Parts" in planner.get(PAGE).content.decode()
    answer = planner.post(PAGE, {"days": "14"})
    assert answer["Location"] == Branch.objects.get().get_absolute_url()


def test_a_form_without_days_and_day_is_refused_at_the_field(store: Store, planner: Client) -> None:
    store.sent(store.job("5"))
    answer = planner.post(PAGE, {"days": "", "day": ""})
    assert (answer.status_code, Branch.objects.count()) == (422, 0)


def test_buyers_see_no_what_if(store: Store, client: Client) -> None:
    order = store.sent(store.job("5"))
    client.force_login(store.buyer)
    assert PAGE not in client.get(f"/procurement/orders/{order.number}/").content.decode()
    assert client.get(PAGE).status_code == 403
