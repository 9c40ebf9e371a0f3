"""Dates that are held: shown, kept from everybody, turned into the plan unchanged, or said not to be."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.utils import timezone

from kernel import clock
from kernel.errors import Conflict, Refused
from orders.models import Move, Order, OrderLine, Role
from orders.services import change_quotation, create_quotation, decline_quotation, publish_product
from orders.services.lines import LineInput
from planning import selectors, services
from planning.engine.promise import warm_up_promises
from planning.models import HeldSlot, Hold, Operation, PlanRequest
from procurement.models import Lot
from tests.orders import cast
from tests.planning.promising import accepted, desk, places, quotation, sent
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """Compiled before any transaction is open: compilers take longer than one may stand idle."""
    warm_up_promises()


@pytest.fixture
def order(shop: Shop) -> Order:
    """A quotation of one desk."""
    return quotation(desk(shop))


def held(order: Order, way: str = "gap", now: datetime = MONDAY) -> Hold:
    """The hold of its only line."""
    [hold] = services.hold_promise(order=order, way=way, by=None, now=now)
    return hold


def plan(order: Order) -> None:
    """The worker takes the confirmed order into the plan."""
    moves = Move.objects.filter(line__order=order, event="confirm").select_related("line__order")
    services.plan_jobs(moves=list(moves), now=MONDAY)


def fill(shop: Shop, hours: int) -> None:
    """Every cutting machine is taken for so many hours from Monday morning."""
    for name in ("CUT-1", "CUT-2"):
        job = make_job(shop, state="production", promised=MONDAY)
        Operation.objects.create(
            line=job, sequence=10, name="Cut", process=shop.processes["CUT"], run_minutes=60 * hours,
            machine=shop.machines[name],
            during=DateTimeTZRange(MONDAY, MONDAY + timedelta(hours=hours)),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("late", "words"),
    [
        ([-9.5, -2], "100 % of the last 20 jobs were delivered in time: half at least 5 days early, four in"),
        (
            [-1, 3.2],
            "50 % of the last 20 jobs were delivered in time: half at most 2 days late, four in five at",
        ),
        ([-0.2, -0.1], "half by the promised day, four in five by the promised day"),
    ],
)
def test_what_became_of_earlier_promises_is_told_in_plain_words(
    shop: Shop, order: Order, late: list[float], words: str
) -> None:
    for number in range(20):
        done = MONDAY + timedelta(days=late[number % 2])
        line = make_job(shop, state="production", promised=MONDAY)
        OrderLine.objects.filter(id=line.id).update(delivered_at=done)
    assert words in selectors.promise_panel(order, MONDAY).chance


def test_an_empty_shop_promises_the_next_working_noon(order: Order) -> None:
    [line] = selectors.promise_panel(order, MONDAY).lines
    assert [offer.day for offer in line.offers] == [(MONDAY + timedelta(days=1)).replace(hour=11)]


def test_what_binds_the_date_names_machine_and_job(shop: Shop, order: Order) -> None:
    fill(shop, 8)
    causes = selectors.promise_panel(order, MONDAY).lines[0].offers[0].causes
    blocker = Operation.objects.first()
    assert blocker is not None
    assert any("waits" in each and f"{blocker.line.order.reference} line 10" in each for each in causes)


def test_material_nobody_sells_is_said(shop: Shop) -> None:
    product = cast.published_desk()
    [line] = selectors.promise_panel(quotation(product), MONDAY).lines
    assert "Nobody sells" in line.missing


def test_the_panel_takes_few_statements(order: Order, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(16):  # type: ignore[operator]
        selectors.promise_panel(order, MONDAY)


def test_held_time_is_written_and_promised(order: Order) -> None:
    hold = held(order)
    line = order.lines.get()
    assert hold.slots.count() == 3
    assert line.promised_at == hold.promised_at


def test_another_quotation_gets_other_times(shop: Shop, order: Order) -> None:
    machines = {each.machine_id for each in held(order).slots.all()}
    second = held(quotation(order.lines.get().product), "gap")
    assert {each.machine_id for each in second.slots.all()} != machines or second.finish


def test_the_planner_leaves_held_time_alone(shop: Shop, order: Order) -> None:
    hold = held(order)
    for _ in range(4):
        services.plan_jobs(moves=moves_to_planning(make_job(shop)), now=MONDAY)
    services.replan(now=MONDAY)
    taken = hold.slots.values_list("machine_id", "during")
    clash = [Operation.objects.filter(machine=machine, during__overlap=during) for machine, during in taken]
    assert not any(found.exists() for found in clash)


def test_an_accepted_hold_becomes_the_plan_unchanged(order: Order) -> None:
    hold = held(order)
    wanted = [(each.sequence, each.machine_id, each.during) for each in hold.slots.all()]
    sent(order)
    plan(accepted(order))
    assert places(order) == wanted
    assert not HeldSlot.objects.exists()


def test_the_promise_of_the_order_is_what_was_held(order: Order) -> None:
    hold = held(order)
    sent(order)
    assert accepted(order).lines.get().promised_at == hold.promised_at


def test_who_stands_in_held_time_gives_way_when_it_is_accepted(shop: Shop, order: Order) -> None:
    hold = held(order)
    slot = hold.slots.first()
    assert slot is not None
    fill(shop, 8)
    sent(order)
    plan(accepted(order))
    assert not Operation.objects.filter(line__order=order, machine=None).exists()
    assert PlanRequest.objects.filter(repaired=False).exists()
    services.repair_plan(now=MONDAY)
    assert not Operation.objects.filter(machine=None).exists()


def begin_late(hold: Hold) -> None:
    """Its time has come and nobody accepted."""
    hold.slots.exclude(sequence=10).delete()
    hold.slots.update(during=DateTimeTZRange(MONDAY - timedelta(hours=9), MONDAY - timedelta(hours=8)))


def test_a_hold_whose_time_has_begun_keeps_its_date_where_it_can(order: Order) -> None:
    hold = held(order)
    begin_late(hold)
    sent(order)
    assert accepted(order).lines.get().promised_at == hold.promised_at


def test_an_acceptance_says_before_it_is_stored_that_the_date_moved(shop: Shop, order: Order) -> None:
    begin_late(held(order))
    fill(shop, 9 * 24)
    sent(order)
    with pytest.raises(Conflict, match="cannot be kept any more"):
        accepted(order)
    assert Order.objects.get(pk=order.pk).state == "quoted"


def stand(shop: Shop, machine: str, days: int) -> None:
    """The machine stands from Monday morning on."""
    ends = MONDAY + timedelta(days=days)
    services.report_downtime(machine=shop.machines[machine], starts=MONDAY, ends=ends, now=MONDAY)


def test_a_breakdown_in_held_time_is_said_before_the_acceptance_is_stored(shop: Shop, order: Order) -> None:
    held(order)
    for machine in ("CUT-1", "CUT-2"):
        stand(shop, machine, 7)
    sent(order)
    with pytest.raises(Conflict, match="cannot be kept any more"):
        accepted(order)


def test_held_time_moves_to_another_machine_where_that_keeps_the_date(shop: Shop, order: Order) -> None:
    hold = held(order)
    first = hold.slots.earliest("sequence").machine
    stand(shop, first.code, 7)
    sent(order)
    assert accepted(order).lines.get().promised_at == hold.promised_at
    assert not HeldSlot.objects.filter(machine=first).exists()


def test_material_that_has_gone_meanwhile_is_said(order: Order) -> None:
    held(order)
    Lot.objects.update(on_hand=0)
    sent(order)
    with pytest.raises(Conflict, match="cannot be kept"):
        accepted(order)


def test_the_seller_may_confirm_the_new_date(shop: Shop, order: Order) -> None:
    begin_late(held(order))
    fill(shop, 9 * 24)
    sent(order)
    late = timezone.localdate(MONDAY + timedelta(days=30))
    assert accepted(order, promised=late).number


def test_the_sweeper_frees_what_was_declined(order: Order) -> None:
    held(order)
    sent(order)
    decline_quotation(order=order, reason="Too late", by=None, now=MONDAY)
    assert services.sweep_holds(now=MONDAY) == 1
    assert not HeldSlot.objects.exists()


def test_a_released_draft_has_no_date(order: Order) -> None:
    held(order)
    services.release_holds(order=order, reason="Not wanted", now=MONDAY)
    assert order.lines.get().promised_at is None


def test_another_quantity_is_another_promise(order: Order) -> None:
    held(order)
    line = order.lines.get()
    change_quotation(order=order, lines=[LineInput(line.product, 3)], by=None, version=None, now=MONDAY)
    assert selectors.promise_panel(order, MONDAY).lines[0].hold is None


def test_an_unknown_way_is_refused(order: Order) -> None:
    with pytest.raises(Refused, match="no way"):
        services.hold_promise(order=order, way="magic", by=None, now=MONDAY)


def test_dates_of_an_order_are_not_held(order: Order) -> None:
    sent(order)
    with pytest.raises(Conflict):
        services.hold_promise(order=accepted(order), way="gap", by=None, now=MONDAY)


@pytest.fixture
def seller(client: Client, order: Order, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Somebody of sales on Monday morning."""
    monkeypatch.setattr(clock, "now", lambda: MONDAY)
    client.force_login(cast.person(Role.SALES))
    return client


def test_the_panel_shows_dates_and_a_button_that_holds(seller: Client, order: Order) -> None:
    url = f"/planning/order/{order.reference}"
    assert "Nobody moves" in seller.get(f"{url}/promise/").content.decode()
    seller.post(f"{url}/hold/", {"way": "gap"})
    assert "Release held dates" in seller.get(f"{url}/promise/").content.decode()


def test_the_board_shows_what_is_held(seller: Client, order: Order) -> None:
    held(order)
    assert "Held for a quotation" in seller.get("/planning/board/?from=2026-11-23&as=table").content.decode()


def test_another_choice_that_takes_less_work_is_named(shop: Shop) -> None:
    product = desk(shop)
    *steps, oil = cast.parts_of(product).routing
    cast.changed(product, routing=(*steps, replace(oil, run_minutes="400")))
    product = publish_product(product=product, now=MONDAY)
    oak = LineInput(product, 1, {"TOP": "OAK", "LEGS": "IRON"})
    order = create_quotation(customer=cast.customer(), lines=[oak], by=None, now=MONDAY)
    [line] = selectors.promise_panel(order, MONDAY).lines
    assert any(words.startswith("Top: Steel instead of Oak: ") for words in line.gains)
    assert not any("Wooden" in words for words in line.gains)
