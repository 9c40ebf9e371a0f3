"""Random shops with everything the tables can say: what is stored after a replan breaks no rule."""

from datetime import timedelta
from random import Random

import pytest

from orders.models import OrderLine
from planning import engine, services
from planning.models import Absence, Changeover, Machine, Operation, Skill, Tool
from planning.selectors import Ledger, minute_of
from tests.planning.rule_checker import Rules
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step
from tests.planning.test_selectors_problem import crew

HOUR = timedelta(hours=1)
FAMILIES = ("", "OAK", "ASH", "ELM")
SKILLS = ("WELD", "PAINT", "TEST")


def furnish(shop: Shop, chance: Random) -> None:
    """Crews of whom some are away, tools, racks, a vendor, machines of different speed."""
    Skill.objects.bulk_create(Skill(code=code) for code in SKILLS)
    crews = [crew(shop, chance.randint(1, 3), *SKILLS)]
    crews += [crew(shop, chance.randint(1, 3), *chance.sample(SKILLS, 2)) for _ in range(2)]
    for each in chance.sample(crews, 2):
        start = MONDAY + chance.randint(0, 6) * HOUR
        Absence.objects.create(crew=each, starts=start, ends=start + 20 * HOUR, at=MONDAY)
    Tool.objects.create(code="JIG", quantity=chance.randint(1, 2))
    for machine in Machine.objects.filter(work_centre=shop.centres["CUT"]):
        machine.speed = chance.choice([50, 100, 150])
        machine.save()
    kind = chance.choice(["rack", "vendor", "plain"])
    Machine.objects.filter(work_centre=shop.centres["FIT"]).update(places=6 * (kind == "rack"))
    shop.centres["FIT"].unlimited = kind == "vendor"
    shop.centres["FIT"].save()
    if chance.random() < 0.5:
        Changeover.objects.create(before="OAK", after="ASH", minutes=40)


def routing(shop: Shop, chance: Random) -> list[dict[str, object]]:
    """Two to five steps that follow any of those before them."""
    rows: list[dict[str, object]] = []
    for number in range(chance.randint(2, 5)):
        process, before = (
            shop.processes[chance.choice(["CUT", "FIT"])],
            [10 + 10 * at for at in range(number)],
        )
        row = step(process, 10 + 10 * number, chance.randint(5, 200), 10, chance.choice(FAMILIES))
        row["after"] = sorted(chance.sample(before, min(len(before), chance.randint(0, 2))))
        row["unattended"] = chance.random() < 0.2
        row["skills"] = chance.sample(SKILLS, 2 if chance.random() < 0.2 else int(chance.random() < 0.5))
        row["tools"] = ["JIG"] if chance.random() < 0.3 else []
        row["queue_minutes"], row["wait_minutes"] = chance.choice([0, 0, 15]), chance.choice([0, 0, 60])
        row["batch_size"] = chance.choice([0, 2])
        row["outside"], row["outside_days"] = True, int(chance.random() < 0.1)
        rows.append(row)
    return rows


def jobs(shop: Shop, chance: Random) -> list[OrderLine]:
    """Jobs of one to eight pieces, due at any time."""
    lines = []
    for _ in range(8):
        due = MONDAY + timedelta(days=chance.randint(0, 9))
        line = make_job(shop, routing=routing(shop, chance), promised=due)
        line.quantity, line.priority = chance.randint(1, 8), chance.choice([1, 3, 9])
        line.save()
        lines.append(line)
    return lines


def happens(chance: Random) -> None:
    """Some operations were pinned, some must not pause, some go on in lots, some run."""
    for operation in Operation.objects.filter(machine__isnull=False).order_by("id"):
        operation.pinned = chance.random() < 0.1
        operation.pauses = operation.run_minutes > 100 or chance.random() < 0.8
        operation.transfer = chance.choice([0, 0, 1])
        operation.not_before = MONDAY + 3 * HOUR if chance.random() < 0.1 else None
        operation.save()
    first = Operation.objects.filter(during__startswith=MONDAY, shared=False, after=[]).first()
    if first is not None:
        Operation.objects.filter(id=first.id).update(
            status="running", worked_on=first.machine, started_at=MONDAY, running_since=MONDAY
        )


@pytest.mark.parametrize("seed", range(10))
def test_what_is_stored_breaks_no_rule(shop: Shop, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = Random(seed)
    furnish(shop, chance)
    services.plan_jobs(moves=moves_to_planning(*jobs(shop, chance)), now=MONDAY)
    happens(chance)
    stored: list[tuple[Ledger, engine.Plan]] = []
    store = services.replan.__globals__["store_plan"]

    def keep(*, book: Ledger, plan: engine.Plan) -> object:
        stored.append((book, plan))
        return store(book=book, plan=plan)

    monkeypatch.setitem(services.replan.__globals__, "store_plan", keep)
    services.replan(now=MONDAY)
    ((book, plan),) = stored
    assert (plan.machine >= 0).mean() > 0.8
    assert not Rules(book.problem, plan).broken()
    rows = Operation.objects.in_bulk(book.rows["id"].tolist())
    for at, row_id in enumerate(book.rows["id"].tolist()):
        place = (rows[row_id].machine_id, minute_of(rows[row_id].planned_start))
        machine = int(plan.machine[at])
        assert place == (book.resources.machine_ids[machine] if machine >= 0 else None, int(plan.start[at]))
