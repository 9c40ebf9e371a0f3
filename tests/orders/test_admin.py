"""Master data pages; history pages only show."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from orders import services
from orders.engine import RuleRow
from orders.models import Move, Order, Product, User
from tests.orders import cast

pytestmark = pytest.mark.django_db

SHOWN = [
    "company",
    "customer",
    "user",
    "apikey",
    "item",
    "process",
    "product",
    "order",
    "orderline",
    "move",
    "handover",
    "workitem",
    "datechange",
    "snapshot",
    "milestone",
    "document",
    "heartbeat",
    "submissiononce",
    "pricegroup",
    "pricelist",
    "listprice",
    "currencyrate",
    "taxrule",
    "costrate",
    "overheadrate",
    "pricingpolicy",
    "priceapproval",
]


@pytest.fixture
def administrator(client: Client) -> Client:
    """A browser signed in as administrator."""
    client.force_login(
        User.objects.create_superuser("admin@shop.example", None),
        backend="mto.accounts.People",
    )
    return client


def form_of(client: Client, url: str) -> dict[str, object]:
    """What a browser would send back unchanged."""
    context = client.get(url).context
    forms = [context["adminform"].form]
    for inline in context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.initial_forms]
    sent: dict[str, object] = {}
    for form in forms:
        for bound in form:
            value = bound.value()
            if value is not None and value is not False:
                sent[bound.html_name] = value
    return sent


@pytest.mark.parametrize("model", SHOWN)
def test_every_list_opens(administrator: Client, model: str) -> None:
    services.create_api_key(customer=cast.confirmed().customer, name="ERP")
    assert administrator.get(reverse(f"admin:orders_{model}_changelist")).status_code == 200


@pytest.mark.parametrize("model", [Order, Move])
def test_history_is_shown_and_cannot_be_edited(administrator: Client, model: type) -> None:
    cast.confirmed()
    url = reverse(f"admin:orders_{model._meta.model_name}_change", args=[model.objects.first().pk])
    assert administrator.get(url).status_code == 200
    assert administrator.post(url, {"state": "closed"}).status_code == 403


def test_the_price_of_a_product_comes_from_its_revision_only(administrator: Client) -> None:
    product = cast.published_desk()
    url = reverse("admin:orders_product_change", args=[product.pk])
    administrator.post(url, form_of(administrator, url) | {"name": "Table", "base_price": "410.00"})
    product.refresh_from_db()
    assert (product.name, product.base_price, product.status) == ("Table", Decimal("400.00"), "published")


def chosen(administrator: Client, action: str, product: Product) -> str:
    """The list after an action on one product."""
    sent = {"action": action, "_selected_action": [product.pk]}
    answer = administrator.post(reverse("admin:orders_product_changelist"), sent, follow=True)
    return str(answer.content.decode())


def test_checking_in_the_list_names_every_fault(administrator: Client) -> None:
    product = cast.desk(rules=(RuleRow(2, "requires", "", "TOP = GLASS", "No."),))
    assert "Rule 2, then (line 1, column 7)" in chosen(administrator, "try_out", product)


def test_checking_in_the_list_changes_nothing(administrator: Client) -> None:
    product = cast.desk()
    assert f"{product.code} has no problems." in chosen(administrator, "try_out", product)
    assert Product.objects.get().status == "draft"


def test_retiring_in_the_list_ends_the_product(administrator: Client) -> None:
    chosen(administrator, "retire", cast.published_desk())
    assert Product.objects.get().status == "obsolete"


def test_a_person_is_created_and_given_roles(administrator: Client) -> None:
    new = {"email": "new@shop.example", "usable_password": "false"}
    administrator.post(reverse("admin:orders_user_add"), new)
    person = User.objects.get(email="new@shop.example")
    url = reverse("admin:orders_user_change", args=[person.pk])
    administrator.post(url, form_of(administrator, url) | {"roles": ["sales", "planner"]})
    person.refresh_from_db()
    assert person.roles == ["sales", "planner"]


def test_the_role_customer_needs_a_customer(administrator: Client) -> None:
    person = cast.seller()
    url = reverse("admin:orders_user_change", args=[person.pk])
    answer = administrator.post(url, form_of(administrator, url) | {"roles": ["customer"]})
    assert "go together" in answer.content.decode()
