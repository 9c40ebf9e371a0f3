"""Replans and acts at the same moment."""

import threading
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import connection, connections, transaction

from kernel.errors import Conflict
from orders.models import OrderLine
from orders.services import lock_jobs
from planning import services
from planning.models import Downtime, Operation, PlanEdit
from planning.selectors.changes import Weigh
from planning.services.plans.plan import lock_plan
from planning.services.plans.replanning import only_improver
from tests.planning.floor import finish, start
from tests.planning.shop import MONDAY, Shop, build_shop, make_job, moves_to_planning

ROUNDS = 20


@pytest.fixture
def open_shop(transactional_db: None) -> Shop:
    """The small shop, committed, so that threads see it."""
    return build_shop()


def at_once(*acts: Callable[[], object]) -> list[BaseException]:
    """Run the acts in threads that start together; returns what they raised."""
    gate, raised = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
        except Exception as error:
            raised.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def act_on(line: OrderLine, act: Callable[[], object]) -> Callable[[], None]:
    """The act under the job's lock, as production does it."""

    def locked() -> None:
        with transaction.atomic():
            lock_jobs([line.id])
            act()

    return locked


def overlaps() -> int:
    """Pairs of open operations that share planned time on a machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM planning_operation a JOIN planning_operation b ON a.id < b.id"
            " AND a.machine_id = b.machine_id AND a.during && b.during"
            " WHERE a.status NOT IN ('complete', 'cancelled') AND b.status NOT IN ('complete', 'cancelled')"
        )
        return int(cursor.fetchone()[0])


def one_round(shop: Shop, line: OrderLine, number: int) -> list[BaseException]:
    """A replan, a new job, a start and a finish at once."""
    now = MONDAY + timedelta(minutes=20 * number)
    new = make_job(shop)
    moves = moves_to_planning(new)
    acts: list[Callable[[], object]] = [
        lambda: services.replan(now=now),
        act_on(new, lambda: services.plan_jobs(moves=moves, now=now)),
    ]
    ready = Operation.objects.filter(line=line, status__in=["ready", "paused"]).first()
    if ready:
        acts.append(act_on(line, lambda: start(ready, now=now)))
    busy = Operation.objects.filter(status="running").first()
    if busy:
        acts.append(act_on(busy.line, lambda: finish(busy, now=now)))
    return at_once(*acts)


def test_replans_starts_and_new_jobs_at_once_never_double_book(open_shop: Shop) -> None:
    lines = [make_job(open_shop) for _ in range(4)]
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
        OrderLine.objects.update(state="production")
        services.release_operations(lines=lines)
    for number in range(ROUNDS):
        raised = one_round(open_shop, lines[number % len(lines)], number)
        assert [error for error in raised if not isinstance(error, Conflict)] == []
        assert overlaps() == 0
    services.replan(now=MONDAY)
    assert not Operation.objects.open().filter(machine=None).exists()
    assert Operation.objects.count() == 2 * (len(lines) + ROUNDS)


def test_two_starts_on_the_last_free_machine_give_one_conflict(open_shop: Shop) -> None:
    lines = [make_job(open_shop, state="production") for _ in range(3)]
    with transaction.atomic():
        services.plan_jobs(moves=[], now=MONDAY)
        cuts = [
            Operation.objects.create(
                line=line, sequence=10, name="Cut", process=open_shop.processes["CUT"], status="ready"
            )
            for line in lines
        ]
    starts = [
        act_on(line, lambda each=cut: start(each, now=MONDAY)) for line, cut in zip(lines, cuts, strict=True)
    ]
    raised = at_once(*starts)
    assert [type(error) for error in raised] == [Conflict]
    assert Operation.objects.filter(status="running").count() == 2


def test_a_breakdown_is_reported_while_a_planner_thinks(open_shop: Shop) -> None:
    machine, seen = open_shop.machines["CUT-1"], threading.Event()
    thinks, goes_on = threading.Event(), threading.Event()

    def planner() -> None:
        with transaction.atomic():
            lock_plan()
            thinks.set()
            goes_on.wait(30)

    def reporter() -> None:
        thinks.wait(30)
        ends = MONDAY + timedelta(hours=4)
        services.report_downtime(machine=machine, starts=MONDAY, ends=ends, now=MONDAY)
        seen.set()

    threading.Timer(5, goes_on.set).start()
    assert at_once(planner, lambda: (reporter(), goes_on.set())) == []
    assert seen.is_set()
    assert Downtime.objects.exists()


def test_a_second_planner_of_the_whole_shop_goes_home_at_once(open_shop: Shop) -> None:
    found: list[object] = []

    def second() -> None:
        found.append(services.replan(now=MONDAY))

    with only_improver():
        assert at_once(second) == []
    assert found == [None]


def test_of_two_imports_at_once_the_second_is_told(open_shop: Shop) -> None:
    line = make_job(open_shop)
    services.plan_jobs(moves=moves_to_planning(line), now=MONDAY)
    uploads = [services.keep_upload(name="Jobs", changes=[Weigh(line.order_id, weight)]) for weight in (9, 3)]
    imports = [partial(services.import_upload, upload=each, now=MONDAY) for each in (*uploads, uploads[0])]
    assert [type(each) for each in at_once(*imports)] == [Conflict, Conflict]
    assert PlanEdit.objects.count() == 1
