"""Jobs in danger, their causes and remedies; taking one, taking it back, and what became of it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import OrderLine, User, WorkItem
from planning import selectors, services
from planning.models import Decision, Machine, Operation, Overtime, PlanEdit, PlanState, Remedy, WorkCentre
from planning.selectors.decisions.endangered import endangered
from planning.services import Material
from tests.planning.shop import MONDAY, Shop, make_job, material, moves_to_planning, step

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def planned(*lines: OrderLine) -> list[OrderLine]:
    """These jobs in the plan since Monday morning, in this order."""
    for line in lines:
        services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    for line in lines:
        line.refresh_from_db()
    return list(lines)


def crowded(shop: Shop) -> OrderLine:
    """A job that waits on the only cutting machine behind one with time, and is late by that."""
    Machine.objects.filter(code="CUT-2").update(active=False)
    routing = [step(shop.processes["CUT"], 10, 480), step(shop.processes["FIT"], 20)]
    ahead = make_job(shop, routing=routing, promised=MONDAY + 20 * DAY)
    line = make_job(shop, routing=routing, promised=MONDAY + 2 * DAY + 4 * HOUR)
    return planned(ahead, line)[1]


def long_job(shop: Shop) -> OrderLine:
    """A job of four days that is promised for the third."""
    routing = [step(shop.processes["CUT"], 10, 960), step(shop.processes["FIT"], 20, 960)]
    return planned(make_job(shop, routing=routing, promised=MONDAY + 3 * DAY))[0]


def waiting_for_steel(shop: Shop) -> OrderLine:
    """A job that is late because its steel comes in a week."""
    line = make_job(shop, bom=[material(shop.items["steel"], 10)], promised=MONDAY + 4 * DAY)
    planned(line)
    steel_comes(line, MONDAY + 7 * DAY)
    return line


def steel_comes(line: OrderLine, at: datetime) -> None:
    """The supplier says when."""
    need = line.requirements.get().id
    services.report_material(reports=[Material(need, Decimal(0), Decimal(0), at)], now=MONDAY)
    services.repair_plan(now=MONDAY)
    line.refresh_from_db()


def remedies(line: OrderLine) -> dict[str, Remedy]:
    """What is offered for the job, by kind."""
    services.find_remedies(now=MONDAY)
    return {each.kind: each for each in Remedy.objects.offered().filter(line=line)}


def test_a_job_that_waits_behind_one_with_time_may_change_places_with_it(shop: Shop) -> None:
    line = crowded(shop)
    swap = remedies(line)["swap"]
    assert {each["kind"] for each in swap.changes} == {"move"}
    assert "changes places with SO-" in swap.words
    assert swap.on_time
    assert swap.effect["counts"]["late"] == 0


def test_another_machine_is_offered_for_the_operation_that_waits(shop: Shop) -> None:
    line = crowded(shop)
    Machine.objects.filter(code="CUT-2").update(active=True)
    found = remedies(line)["machine"]
    assert found.words == "Op 10 Cut on CUT-2 instead of CUT-1"
    assert found.on_time


def test_overtime_is_no_longer_than_needed_and_costs_the_hours(shop: Shop) -> None:
    WorkCentre.objects.update(hourly_rate=Decimal(6))
    found = remedies(long_job(shop))["overtime"]
    minutes = sum(each["ends"] - each["starts"] for each in found.changes)
    assert minutes <= 8 * 60
    assert found.cost == Decimal(minutes) / 10
    assert found.after < found.before


def test_material_that_comes_too_late_is_a_question_for_the_buyer(shop: Shop) -> None:
    line = waiting_for_steel(shop)
    found = remedies(line)["material"]
    assert found.words.startswith("Ask purchasing for STEEL by ")
    services.take_remedy(remedy=found, by=None, now=MONDAY)
    item = WorkItem.objects.waiting().get(role="buyer")
    assert item.reason.startswith("STEEL is wanted by ")
    assert "It would gain " in item.reason


def test_the_question_goes_off_the_list_when_the_date_is_early_enough(shop: Shop) -> None:
    line = waiting_for_steel(shop)
    services.take_remedy(remedy=remedies(line)["material"], by=None, now=MONDAY)
    steel_comes(line, MONDAY + HOUR)
    services.find_remedies(now=MONDAY)
    assert not WorkItem.objects.waiting().filter(role="buyer").exists()


def test_a_long_operation_of_many_pieces_may_hand_them_on_in_lots(shop: Shop) -> None:
    line = long_job(shop)
    Operation.objects.filter(line=line).update(quantity=8)
    lots = remedies(line)["lots"]
    assert lots.words == "Op 10 Cut hands its 8 pieces on in lots of 2"
    services.take_remedy(remedy=lots, by=None, now=MONDAY)
    assert line.operations.get(sequence=10).transfer == 2


def test_a_new_promise_is_the_orders_own_act_and_can_be_undone(shop: Shop) -> None:
    line = long_job(shop)
    before = line.promised_at
    taken = services.take_remedy(remedy=remedies(line)["promise"], by=None, now=MONDAY)
    line.refresh_from_db()
    assert line.promised_at is not None
    assert line.forecast_at is not None
    assert line.promised_at > line.forecast_at
    assert line.date_changes.get(kind="promised").reason == "The plan cannot hold the day promised"
    services.undo_remedy(remedy=taken, by=None, now=MONDAY)
    line.refresh_from_db()
    assert line.promised_at == before


def test_late_is_by_the_clock_and_at_risk_by_working_hours(shop: Shop) -> None:
    lines = planned(*(make_job(shop) for _ in range(3)))
    forecast = lines[0].forecast_at
    assert forecast is not None
    for line, moved in zip(lines, (-HOUR, 3 * HOUR, 5 * HOUR), strict=True):
        OrderLine.objects.filter(id=line.id).update(promised_at=forecast + moved, forecast_at=forecast)
    found = endangered(MONDAY, selectors.load_resources(MONDAY), selectors.Edition(9, 9))
    assert found.rows["line"].tolist() == [lines[0].id, lines[1].id]
    assert (found.late, found.slack.tolist()) == (1, [-60, 180])


def test_the_night_is_no_reserve(shop: Shop) -> None:
    (line,) = planned(make_job(shop))
    evening = MONDAY + 8 * HOUR - timedelta(minutes=30)
    OrderLine.objects.filter(id=line.id).update(promised_at=evening + 17 * HOUR, forecast_at=evening)
    found = endangered(MONDAY, selectors.load_resources(MONDAY), selectors.Edition(9, 10))
    assert found.slack.tolist() == [60]


def test_a_decision_names_the_cause_and_where_it_is(shop: Shop) -> None:
    line = crowded(shop)
    services.find_remedies(now=MONDAY)
    decision = Decision.objects.get(line=line)
    assert (decision.late, decision.centre) == (True, shop.centres["CUT"])
    assert "CUT-1" in decision.words
    assert len(decision.chain) == 3


def test_a_job_that_is_safe_again_leaves_the_list_with_its_remedies(shop: Shop) -> None:
    line = crowded(shop)
    remedies(line)
    OrderLine.objects.filter(id=line.id).update(promised_at=MONDAY + 30 * DAY)
    services.find_remedies(now=MONDAY + timedelta(minutes=1))
    assert not Decision.objects.exists()
    assert not Remedy.objects.exists()


def test_a_job_whose_facts_did_not_change_is_not_looked_at_again(shop: Shop) -> None:
    crowded(shop)
    first = services.find_remedies(now=MONDAY)
    again = services.find_remedies(now=MONDAY)
    assert first is not None
    assert again is not None
    assert (first.jobs, first.looked, again.jobs, again.looked) == (1, 1, 1, 0)


def test_what_the_time_does_not_suffice_for_is_left_to_the_next_search(shop: Shop, settings: Any) -> None:
    settings.MTO_DECIDING_SECONDS = 0
    planned(*(make_job(shop, promised=MONDAY + DAY) for _ in range(2)))
    first = services.find_remedies(now=MONDAY)
    second = services.find_remedies(now=MONDAY)
    assert first is not None
    assert second is not None
    assert (first.looked, first.left, second.looked, second.left) == (1, 1, 1, 0)


def test_the_sweeper_searches_once_for_an_edition_of_the_plan(shop: Shop) -> None:
    crowded(shop)
    PlanState.objects.get_or_create(id=1)
    assert services.sweep_decisions(now=MONDAY) == 1
    PlanState.objects.update(decide_at=None)
    services.find_remedies(now=MONDAY)
    assert services.sweep_decisions(now=MONDAY + HOUR / 6) == 0
    services.repair_plan(now=MONDAY)
    PlanState.objects.update(version=99)
    assert services.sweep_decisions(now=MONDAY + HOUR / 6) == 1


def test_what_was_taken_is_one_edit_and_the_forecast_follows(shop: Shop) -> None:
    line = crowded(shop)
    taken = services.take_remedy(remedy=remedies(line)["swap"], by=None, now=MONDAY)
    line.refresh_from_db()
    assert line.forecast_at == taken.after
    assert PlanEdit.objects.get() == taken.edit
    assert not Remedy.objects.offered().exists()


def test_undone_everybody_stands_where_they_stood(shop: Shop) -> None:
    line = crowded(shop)
    stood = list(Operation.objects.order_by("id").values_list("machine", "during"))
    taken = services.take_remedy(remedy=remedies(line)["swap"], by=None, now=MONDAY)
    services.undo_remedy(remedy=taken, by=None, now=MONDAY)
    assert list(Operation.objects.order_by("id").values_list("machine", "during")) == stood
    assert not Remedy.objects.taken().exists()


def test_nothing_is_taken_twice(shop: Shop) -> None:
    found = remedies(crowded(shop))["swap"]
    services.take_remedy(remedy=found, by=None, now=MONDAY)
    with pytest.raises(Conflict, match="was taken or is out of date"):
        services.take_remedy(remedy=found, by=None, now=MONDAY)


def test_a_remedy_that_the_world_overtook_says_why_and_goes(shop: Shop) -> None:
    line = crowded(shop)
    found = remedies(line)["swap"]
    Operation.objects.filter(line=line, sequence=10).update(status="complete", finished_at=MONDAY)
    with pytest.raises(Refused):
        services.take_remedy(remedy=found, by=None, now=MONDAY)
    assert not Remedy.objects.filter(id=found.id).exists()


def delivered(remedy: Remedy, at: datetime) -> Remedy:
    """The remedy once its job was delivered then, and measured."""
    remedy.line.operations.update(status="complete", finished_at=at - DAY)
    OrderLine.objects.filter(id=remedy.line_id).update(state="delivered", delivered_at=at)
    services.measure_remedies(now=at)
    remedy.refresh_from_db()
    return remedy


def test_a_delivery_on_the_promised_day_was_worth_it(shop: Shop) -> None:
    taken = services.take_remedy(remedy=remedies(crowded(shop))["swap"], by=None, now=MONDAY)
    found = delivered(taken, taken.after - timedelta(hours=12))
    assert (found.kept, found.settled, found.days_off) == (True, True, -0.5)
    (worth,) = selectors.worth_by_kind()
    assert worth.words == "1 taken, 1 of 1 kept, on average 0.5 d better than said"


def test_a_delivery_behind_the_promise_was_not(shop: Shop) -> None:
    taken = services.take_remedy(remedy=remedies(crowded(shop))["swap"], by=None, now=MONDAY)
    found = delivered(taken, taken.after + 5 * DAY)
    assert (found.kept, found.days_off) == (False, 5.0)


def test_finished_operations_tell_before_the_delivery_does(shop: Shop) -> None:
    taken = services.take_remedy(remedy=remedies(crowded(shop))["swap"], by=None, now=MONDAY)
    taken.line.operations.update(status="complete", finished_at=MONDAY + DAY)
    assert services.measure_remedies(now=MONDAY + DAY) == 1
    taken.refresh_from_db()
    assert (taken.actual_at, taken.settled) == (MONDAY + 2 * DAY, False)


def test_overtime_that_was_called_off_costs_nothing(shop: Shop) -> None:
    WorkCentre.objects.update(hourly_rate=Decimal(6))
    taken = services.take_remedy(remedy=remedies(long_job(shop))["overtime"], by=None, now=MONDAY)
    Overtime.objects.all().delete()
    found = delivered(taken, taken.after)
    assert found.cost > 0
    assert found.actual_cost == 0


@pytest.fixture
def planner(client: Client, db: None) -> Client:
    """A browser in which a planner has signed in."""
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    return client


def test_the_list_shows_job_cause_and_remedies(shop: Shop, planner: Client) -> None:
    line = crowded(shop)
    remedies(line)
    page = planner.get("/planning/decisions/").content.decode()
    assert "1 job will be late." in page
    assert "changes places with SO-" in page
    assert 'data-pick="1"' in page


def test_an_empty_list_says_that_every_promise_holds(shop: Shop, planner: Client) -> None:
    assert "Every promise holds" in planner.get("/planning/decisions/").content.decode()


@pytest.mark.parametrize(
    "query", ["cause=x&page=y", "state=x", "centre=%00", "page=99999999999", "cause=queue"]
)
def test_odd_filters_show_a_page_all_the_same(shop: Shop, planner: Client, query: str) -> None:
    remedies(crowded(shop))
    assert planner.get(f"/planning/decisions/?{query}").status_code == 200


def test_the_list_needs_few_statements_at_any_size(
    shop: Shop, planner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [make_job(shop, promised=MONDAY + DAY) for _ in range(30)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    services.find_remedies(now=MONDAY)
    with django_assert_max_num_queries(12):
        page = planner.get("/planning/decisions/").content.decode()
    assert "Less urgent" in page


def test_take_and_undo_on_the_spot(shop: Shop, planner: Client) -> None:
    line = crowded(shop)
    with clock.told_at(MONDAY):
        found = remedies(line)["swap"]
        page = planner.post(f"/planning/remedies/{found.id}/take/", follow=True).content.decode()
        assert "Taken: Op 10 Cut changes places" in page
        page = planner.post(f"/planning/remedies/{found.id}/undo/", follow=True).content.decode()
        assert "Undone: Op 10 Cut changes places" in page


def test_a_remedy_shows_its_effect_on_every_job(shop: Shop, planner: Client) -> None:
    found = remedies(crowded(shop))["swap"]
    page = planner.get(f"/planning/remedies/{found.id}/").content.decode()
    assert "On time again" in page
    headers = {"HX-Request": "true", "HX-Target": "drawer-body"}
    assert "<html" not in planner.get(f"/planning/remedies/{found.id}/", headers=headers).content.decode()


def test_what_was_worth_it_is_shown_beside_what_was_said(shop: Shop, planner: Client) -> None:
    assert "No remedy was taken yet" in planner.get("/planning/decisions/measured/").content.decode()
    taken = services.take_remedy(remedy=remedies(crowded(shop))["swap"], by=None, now=MONDAY)
    delivered(taken, taken.after)
    page = planner.get("/planning/decisions/measured/").content.decode()
    assert "1 taken, 1 of 1 kept, on average as said" in page


@pytest.mark.parametrize(
    ("role", "reads", "takes"), [("planner", 200, 302), ("sales", 200, 403), ("operator", 403, 403)]
)
def test_sales_read_and_planners_decide(
    shop: Shop, client: Client, role: str, reads: int, takes: int
) -> None:
    client.force_login(User.objects.create_user("p@example.com", roles=[role]))
    found = remedies(crowded(shop))["swap"]
    assert client.get("/planning/decisions/").status_code == reads
    assert client.post(f"/planning/remedies/{found.id}/take/").status_code == takes


def test_overtime_that_was_taken_is_used_by_the_job_at_once(shop: Shop) -> None:
    WorkCentre.objects.update(hourly_rate=Decimal(6))
    line = long_job(shop)
    taken = services.take_remedy(remedy=remedies(line)["overtime"], by=None, now=MONDAY)
    services.repair_plan(now=MONDAY)
    line.refresh_from_db()
    assert line.forecast_at == taken.after


def test_what_was_claimed_and_never_made_goes(shop: Shop) -> None:
    found = remedies(crowded(shop))["swap"]
    Remedy.objects.filter(id=found.id).update(taken_at=MONDAY)
    assert not Remedy.objects.taken().exists()
    services.measure_remedies(now=MONDAY + HOUR)
    assert not Remedy.objects.filter(id=found.id).exists()


def test_what_the_customer_is_told_of_is_shown_before_it_is_taken(shop: Shop, planner: Client) -> None:
    line = crowded(shop)
    remedies(line)
    told = Remedy.objects.filter(line=line).earliest("place")
    Remedy.objects.filter(id=told.id).update(kind=Remedy.Kind.PROMISE)
    page = planner.get("/planning/decisions/").content.decode()
    assert f'href="/planning/remedies/{told.id}/" data-drawer data-pick="{told.place}"' in page
    assert (
        "The customer is told of the new date"
        in planner.get(f"/planning/remedies/{told.id}/").content.decode()
    )
