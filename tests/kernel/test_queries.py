"""Statements: querysets that are built once."""

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from kernel.queries import ROWS, Statement
from orders.models import Customer, User

pytestmark = pytest.mark.django_db
SHOUTED = Statement(lambda pk: Customer.objects.filter(pk=pk).annotate(shouted=Upper("name")), int)
BY_CODE = Statement(lambda code: Customer.objects.filter(code=code), str)
PEOPLE = Statement(lambda pk: User.objects.select_related("customer").filter(pk=pk).defer("password"), int)
NAMES = Statement(
    lambda ids: Customer.objects.filter(id__in=ids).order_by("name").values_list("name", F("code")), ROWS
)


def two_customers() -> list[Customer]:
    return [Customer.objects.create(code=code, name=f"Shop {code}") for code in ("A-1", "B-2")]


def test_a_statement_reads_what_its_queryset_reads() -> None:
    first, second = two_customers()
    assert BY_CODE("A-1") == [first]
    assert BY_CODE("B-2") == [second]
    assert BY_CODE("C-3") == []


def test_a_statement_sends_values_and_never_pastes_them() -> None:
    two_customers()
    assert BY_CODE("A-1' OR '1'='1") == []
    assert BY_CODE("%s") == []


def test_related_objects_come_along_and_what_is_deferred_is_read_when_asked_for() -> None:
    customer = two_customers()[0]
    pk = User.objects.create_user("a@b.example", "long enough 1", roles=["customer"], customer=customer).pk
    with CaptureQueriesContext(connection) as sent:
        person = PEOPLE.first(pk)
        assert person is not None
        assert person.customer == customer
    assert len(sent) == 1
    assert person.get_deferred_fields() == {"password"}


def test_a_missing_related_object_is_none() -> None:
    person = PEOPLE.first(User.objects.create_user("a@b.example", "long enough 1").pk)
    assert person is not None
    assert person.customer is None


def test_a_list_of_any_length_is_one_value() -> None:
    first, second = two_customers()
    assert NAMES([second.pk, first.pk]) == [("Shop A-1", "A-1"), ("Shop B-2", "B-2")]
    assert NAMES([first.pk]) == [("Shop A-1", "A-1")]
    assert NAMES([]) == []


def test_what_a_statement_annotates_stands_on_its_objects() -> None:
    customer = SHOUTED.first(two_customers()[0].pk)
    assert customer is not None
    assert customer.shouted == "SHOP A-1"
