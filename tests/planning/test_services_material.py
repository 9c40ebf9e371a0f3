"""What reports of material do to operations and plan."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from orders.models import OrderLine, WorkItem
from planning import selectors, services
from planning.models import Operation, PlanRequest, Requirement
from planning.services import Material
from tests.planning.shop import Shop, make_job, make_operations, require


def waiting_job(shop: Shop) -> tuple[OrderLine, Operation, Requirement]:
    """A released job whose first operation waits for 5 kg of steel."""
    line = make_job(shop, state="production")
    cut, _ = make_operations(shop, line)
    requirement = require(cut, shop.items["steel"])
    services.release_operations(lines=[line])
    return line, cut, requirement


def report(requirement: Requirement, available: int, issued: int = 0, days: int | None = None) -> Material:
    """A report of one requirement."""
    expected = None if days is None else timezone.now() + timedelta(days=days)
    return Material(requirement.id, Decimal(available), Decimal(issued), expected)


def test_complete_material_makes_the_operation_ready(shop: Shop) -> None:
    _, cut, requirement = waiting_job(shop)
    assert services.report_material(reports=[report(requirement, 5)]) == [cut]
    assert WorkItem.objects.waiting().get().key == f"operate:{cut.id}"


def test_material_in_part_leaves_the_operation_blocked(shop: Shop) -> None:
    _, cut, requirement = waiting_job(shop)
    assert services.report_material(reports=[report(requirement, 4)]) == []
    cut.refresh_from_db()
    assert cut.status == "blocked"


def test_material_taken_away_blocks_a_ready_operation(shop: Shop) -> None:
    _, cut, requirement = waiting_job(shop)
    services.report_material(reports=[report(requirement, 5)])
    services.report_material(reports=[report(requirement, 0)])
    cut.refresh_from_db()
    assert cut.status == "blocked"
    assert not WorkItem.objects.waiting().exists()


def test_a_changed_date_asks_for_a_replan(shop: Shop) -> None:
    _, _, requirement = waiting_job(shop)
    services.report_material(reports=[report(requirement, 0, days=9)])
    assert PlanRequest.objects.count() == 1


def test_material_from_stock_asks_for_none(shop: Shop) -> None:
    _, _, requirement = waiting_job(shop)
    services.report_material(reports=[report(requirement, 5, days=0)])
    assert not PlanRequest.objects.exists()


def test_an_issue_costs_one_statement(shop: Shop, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    _, _, requirement = waiting_job(shop)
    services.report_material(reports=[report(requirement, 5)])
    with django_assert_num_queries(1):
        services.report_material(reports=[report(requirement, 5, 5)])


def test_more_issued_than_available_is_refused_by_the_database(shop: Shop) -> None:
    _, _, requirement = waiting_job(shop)
    with pytest.raises(IntegrityError, match="issued_within_available"):
        services.report_material(reports=[report(requirement, 1, 2)])


def test_a_job_is_supplied_when_its_first_operation_is(shop: Shop) -> None:
    line, _, requirement = waiting_job(shop)
    other = make_job(shop)
    make_operations(shop, other)
    assert selectors.first_operations_supplied([line.id, other.id]) == {other.id}
    services.report_material(reports=[report(requirement, 5)])
    assert selectors.first_operations_supplied([line.id, other.id]) == {line.id, other.id}
