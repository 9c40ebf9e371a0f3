"""Calendars, people and equipment as changes: seen, made, undone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from kernel import clock
from kernel.errors import Conflict, Refused
from planning import services
from planning.models import Absence, Calendar, Crew, Machine, PlanEdit, Shift, Skill, Tool, WorkCentre
from planning.selectors import effect_of, load_resources, minute_of, read_changes, words_of, write_changes
from planning.selectors.changes import (
    Away,
    Back,
    CentreAs,
    Change,
    CrewAs,
    Hours,
    MachineAs,
    Remove,
    SkillAs,
    Skilled,
    Tooled,
    Weigh,
    hours_of,
)
from planning.selectors.shop.hours import Definition, OtherDay, WeekShift, definition_of
from tests.planning.shop import MONDAY, Shop, make_job, moves_to_planning, step
from tests.planning.test_selectors_problem import crew

HOUR = timedelta(hours=1)
NIGHT = Definition(
    "NIGHT", "Night", "Europe/Berlin", "DE", "BE", (WeekShift("Night", "0123", "22:00", "06:00"),)
)


def apply(*changes: Change) -> PlanEdit:
    """Make them."""
    return services.apply_changes(changes=changes, by=None, now=MONDAY)


def undo(edit: PlanEdit) -> PlanEdit:
    """Undo it."""
    return services.undo_edit(edit=edit, by=None, now=MONDAY)


def longer(shop: Shop) -> Hours:
    """The day shift until 18:00."""
    own = definition_of(shop.calendar)
    return hours_of(shop.calendar.id, Definition(own.code, own.name, own.zone, shifts=(long_day(),)))


def long_day() -> WeekShift:
    """A shift of ten hours."""
    return WeekShift("Day", "01234", "08:00", "18:00")


def test_changes_of_resources_survive_json(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    changes: tuple[Change, ...] = (
        longer(shop),
        hours_of(0, NIGHT),
        Skilled(mine.id, ("WELD",)),
        CrewAs(mine.id, mine.code, mine.name, shop.calendar.id, 3),
        Tooled(0, "JIG", "", 2),
        MachineAs(0, shop.centres["CUT"].id, "CUT-9", "New"),
        CentreAs(0, "WC-X", "X", shop.calendar.id, (1,)),
        Remove("tool", "JIG"),
    )
    assert read_changes(write_changes(changes)) == changes


def test_a_calendar_is_changed_as_a_whole_and_back(shop: Shop) -> None:
    before = definition_of(Calendar.objects.get())
    edit = apply(longer(shop))
    assert definition_of(Calendar.objects.get()).shifts == (long_day(),)
    undo(edit)
    assert definition_of(Calendar.objects.get()) == before


def test_a_calendar_tells_what_becomes_different(shop: Shop) -> None:
    assert words_of([longer(shop)]) == [
        "Calendar DAY: Day Mon–Fri 08:00–18:00 added; Day Mon–Fri 08:00–16:00 removed"
    ]


def test_the_engine_plans_by_the_hours_that_would_be(shop: Shop) -> None:
    changed = load_resources(MONDAY, [longer(shop)])
    windows = changed.windows_of_calendar(shop.calendar.id)
    assert int((windows["end"] - windows["start"]).max()) == 600


def test_a_closed_day_makes_a_job_late_before_it_is_saved(shop: Shop) -> None:
    job = make_job(shop, routing=[step(shop.processes["CUT"], 10, minutes=900)], promised=MONDAY + 60 * HOUR)
    services.plan_jobs(moves=moves_to_planning(job), now=MONDAY)
    own = definition_of(shop.calendar)
    closed = Definition(
        own.code, own.name, own.zone, shifts=own.shifts, days=(OtherDay("2026-11-24", "Fair"),)
    )
    effect = effect_of([hours_of(shop.calendar.id, closed)], MONDAY)
    assert effect.late_after > effect.late_before


def test_a_calendar_without_working_time_is_refused(shop: Shop) -> None:
    own = definition_of(shop.calendar)
    with pytest.raises(Refused, match=r"no working time.*shift on at least one weekday"):
        apply(hours_of(shop.calendar.id, Definition(own.code, own.name, own.zone)))
    assert Shift.objects.count() == 1


def test_hours_that_are_closed_throughout_are_no_working_time(shop: Shop) -> None:
    days = tuple(
        OtherDay((MONDAY + timedelta(days=number)).date().isoformat(), "Closed") for number in range(450)
    )
    own = definition_of(shop.calendar)
    closed = Definition(own.code, own.name, own.zone, shifts=own.shifts, days=days)
    with clock.told_at(MONDAY), pytest.raises(Refused, match="no working time"):
        apply(hours_of(shop.calendar.id, closed))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"zone": "Mars/Base"}, "Time zone Mars/Base is unknown. Write one like Europe/Berlin."),
        ({"country": "QQ"}, "The holidays of QQ are not known. Write a code of two letters"),
        ({"country": "DE", "subdivision": "XX"}, "DE has no part XX. Known are BB"),
        ({"subdivision": "BE"}, "BE is a part of no country."),
        ({"shifts": (("Day", "7", "08:00", "16:00"),)}, "Day is on no weekday."),
        ({"shifts": (("Day", "0", "8", "16:00"),)}, "Day has no times."),
        (
            {"shifts": (("Day", "0", "08:00", "16:00", "18:00", "18:30"),)},
            "The break of Day lies outside it.",
        ),
        ({"days": (("2026-02-30", "X"),)}, "'2026-02-30' is no day."),
        ({"days": (("2026-12-24", "X", "08:00"),)}, "2026-12-24 has half a shift."),
    ],
)
def test_nonsense_in_a_calendar_is_refused_with_the_remedy(
    shop: Shop, given: dict[str, object], words: str
) -> None:
    usual: dict[str, object] = {"zone": "Europe/Berlin", "shifts": (("Day", "0", "08:00", "16:00"),)}
    (change,) = read_changes([{"kind": "hours", "calendar": 0, "code": "X", "name": "X", **usual, **given}])
    with pytest.raises(Refused) as refusal:
        apply(change)
    assert str(refusal.value).startswith(words)


def test_an_undo_does_not_take_away_what_somebody_set_since(shop: Shop) -> None:
    edit = apply(longer(shop))
    own = definition_of(Calendar.objects.get())
    later = apply(hours_of(shop.calendar.id, replace(own, name="Other")))
    with pytest.raises(Conflict, match="It was changed again since: Calendar DAY"):
        undo(edit)
    undo(later)
    undo(edit)
    assert definition_of(Calendar.objects.get()).shifts[0].ends == "16:00"


@pytest.mark.parametrize("what", ["skills", "crew", "tool", "machine", "centre"])
def test_every_resource_is_guarded_against_an_undo_of_something_older(shop: Shop, what: str) -> None:
    mine, centre, cut = crew(shop, 2, "WELD"), shop.centres["CUT"], shop.machines["CUT-1"]
    tool = Tool.objects.create(code="JIG")
    day = shop.calendar.id
    first, second = {
        "skills": (Skilled(mine.id, ()), Skilled(mine.id, ("WELD",))),
        "crew": (
            CrewAs(mine.id, mine.code, "A", day, 3),
            CrewAs(mine.id, mine.code, "A", day, 4),
        ),
        "tool": (Tooled(tool.id, "JIG", "", 2), Tooled(tool.id, "JIG", "", 3)),
        "machine": (
            MachineAs(cut.id, centre.id, "CUT-1", "A", speed=150),
            MachineAs(cut.id, centre.id, "CUT-1", "A", speed=200),
        ),
        "centre": (CentreAs(centre.id, "WC-CUT", "A", day), CentreAs(centre.id, "WC-CUT", "B", day)),
    }[what]
    older, newer = apply(first), apply(second)
    with pytest.raises(Conflict, match="It was changed again since"):
        undo(older)
    undo(newer)
    assert undo(older).undoes == older


def test_a_new_calendar_goes_again_when_it_is_undone(shop: Shop) -> None:
    edit = apply(hours_of(0, NIGHT))
    assert definition_of(Calendar.objects.get(code="NIGHT")) == NIGHT
    again = undo(undo(edit))
    assert Calendar.objects.filter(code="NIGHT").exists()
    undo(again)
    assert not Calendar.objects.filter(code="NIGHT").exists()


def test_a_calendar_in_use_is_not_removed(shop: Shop) -> None:
    with pytest.raises(Refused, match="Calendar DAY is in use"):
        apply(Remove("calendar", "DAY"))


def test_a_taken_code_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused, match="The code DAY is taken"):
        apply(hours_of(0, Definition("DAY", "Other", "UTC", shifts=NIGHT.shifts)))


def test_an_absence_is_made_and_undone(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    edit = apply(Away(mine.id, 1, minute_of(MONDAY), minute_of(MONDAY + 4 * HOUR)))
    assert "1 person of" in edit.words
    undo(edit)
    assert not Absence.objects.exists()


def test_an_absence_that_ends_comes_back_with_the_undo(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    apply(Away(mine.id, 1, minute_of(MONDAY), minute_of(MONDAY + 4 * HOUR)))
    edit = apply(Back(Absence.objects.get().id))
    undo(edit)
    assert Absence.objects.get().ends == MONDAY + 4 * HOUR


def test_a_crew_learns_and_forgets(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    edit = apply(SkillAs("SOLDER"), Skilled(mine.id, ("SOLDER",)))
    assert "can SOLDER and cannot WELD any more" in edit.words
    undo(edit)
    assert [skill.code for skill in mine.skills.all()] == ["WELD"]
    assert not Skill.objects.filter(code="SOLDER").exists()


def test_a_skill_that_a_crew_has_is_not_removed(shop: Shop) -> None:
    crew(shop, 2, "WELD")
    with pytest.raises(Refused, match="The skill WELD is in use"):
        apply(Remove("skill", "WELD"))


def test_a_crew_grows(shop: Shop) -> None:
    mine = crew(shop, 2, "WELD")
    edit = apply(CrewAs(mine.id, mine.code, mine.name, shop.calendar.id, 5))
    assert Crew.objects.get().size == 5
    undo(edit)
    assert Crew.objects.get().size == 2


def test_a_new_crew_has_its_skills_also_for_the_engine(shop: Shop) -> None:
    Skill.objects.create(code="WELD")
    change = CrewAs(0, "NEW", "New", shop.calendar.id, 2, ("WELD",))
    (thought,) = load_resources(MONDAY, [change]).people.crews
    apply(change)
    (stored,) = load_resources(MONDAY).people.crews
    assert thought._replace(crew=stored.crew) == stored


def test_tools_are_counted(shop: Shop) -> None:
    edit = apply(Tooled(0, "JIG", "Jig", 2))
    assert Tool.objects.get().quantity == 2
    undo(edit)
    assert not Tool.objects.exists()


def test_a_machine_goes_out_of_service_and_back(shop: Shop) -> None:
    machine = shop.machines["CUT-1"]
    edit = apply(MachineAs(machine.id, machine.work_centre_id, "CUT-1", "Saw", active=False, speed=150))
    found = Machine.objects.get(id=machine.id)
    assert (found.active, found.speed, found.name) == (False, 150, "Saw")
    undo(edit)
    assert Machine.objects.get(id=machine.id).active


def test_a_machine_with_work_is_not_removed(shop: Shop) -> None:
    job = make_job(shop)
    services.plan_jobs(moves=moves_to_planning(job), now=MONDAY)
    machine = job.operations.get(sequence=10).machine
    assert machine is not None
    with pytest.raises(Refused, match=r"in use\. Take it out of service"):
        apply(Remove("machine", machine.code))


def test_a_new_work_centre_offers_its_processes(shop: Shop) -> None:
    process = shop.processes["CUT"].id
    edit = apply(CentreAs(0, "WC-X", "X", shop.calendar.id, (process,), rate="12.50"))
    assert [each.id for each in WorkCentre.objects.get(code="WC-X").processes.all()] == [process]
    undo(edit)
    assert not WorkCentre.objects.filter(code="WC-X").exists()


def test_nothing_is_made_where_one_change_of_several_is_refused(shop: Shop) -> None:
    with pytest.raises(Refused):
        apply(Tooled(0, "JIG", "", 2), Tooled(0, "", "", 2))
    assert not Tool.objects.exists()


def test_priorities_of_many_orders_are_weighed_with_few_statements(
    shop: Shop, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    lines = [make_job(shop) for _ in range(10)]
    services.plan_jobs(moves=moves_to_planning(*lines), now=MONDAY)
    with django_assert_max_num_queries(15):
        effect_of([Weigh(line.order_id, 9) for line in lines], MONDAY)


def test_a_resource_that_is_gone_is_a_conflict(shop: Shop) -> None:
    with pytest.raises(Conflict, match="There is no tool JIG any more"):
        apply(Remove("tool", "JIG"))
