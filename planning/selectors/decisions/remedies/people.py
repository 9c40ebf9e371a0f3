"""What others decide: the buyer, who brings material earlier, sales about weight, the customer about days."""

from collections.abc import Iterator
from typing import Final

from django.conf import settings

from kernel.formats import absolute, day_of
from orders.models import Priority
from planning.engine import NEVER, Cause
from planning.models import Remedy, Requirement
from planning.selectors.changes import Ask, Promise, Weigh
from planning.selectors.decisions.remedies.trouble import Offer, Trouble
from planning.selectors.moments import minute_of, moment_of
from planning.selectors.promises.promises import promise_day

DAY: Final = 1440


def earlier_material(trouble: Trouble) -> Iterator[Offer]:
    """The material that its first waiting operation waits for, by the day it would need it."""
    waits, resources = trouble.minutes(Cause.MATERIAL), trouble.book.resources
    days = resources.working_days(trouble.finish - trouble.need, trouble.finish) + 1
    for operation, minutes in waits.items():
        short = trouble.book.short[trouble.book.short["operation"] == trouble.book.rows["id"][operation]]
        now = trouble.book.problem.now
        expected = int(short["expected"].max(initial=NEVER))
        wanted = max(now + DAY, expected - minutes, resources.days_later(expected, -days))
        late = short[short["expected"] > wanted]
        if not len(late):
            continue
        items = Requirement.objects.filter(id__in=late["id"].tolist()).values_list("item__number", flat=True)
        names, today = ", ".join(sorted(set(items))), day_of(trouble.book.now)
        words = (
            f"Ask purchasing for {names} by {absolute(moment_of(wanted), today=today)} "
            f"instead of {absolute(moment_of(expected), today=today)}"
        )
        changes = tuple(Ask(each, trouble.subject.line, wanted) for each in late["id"].tolist())
        yield Offer(Remedy.Kind.MATERIAL, words, changes)
        return


def higher_priority(trouble: Trouble) -> Iterator[Offer]:
    """The next priority, where the job waits for its turn."""
    higher = [each for each in Priority.values if each > trouble.subject.weight]
    if higher and trouble.minutes(Cause.QUEUE):
        priority = Priority(min(higher))
        words = f"Give the order the priority “{priority.label.lower()}”"
        yield Offer(Remedy.Kind.PRIORITY, words, (Weigh(trouble.subject.order, int(priority)),))


def new_promise(trouble: Trouble) -> Iterator[Offer]:
    """The first day that the plan as it stands can hold, with the usual reserve."""
    if trouble.finish == NEVER:
        return
    resources = trouble.book.resources
    day = promise_day(trouble.finish, resources)
    forecast = resources.days_later(trouble.finish, settings.MTO_DELIVERY_DAYS)
    if minute_of(day) - forecast < settings.MTO_RISK_MINUTES:
        day = promise_day(resources.days_later(trouble.finish, 1), resources)
    promised = trouble.book.rows["promised"][trouble.book.rows["line"] == trouble.subject.line]
    was = int(promised[0])
    if minute_of(day) <= was:
        return
    words = f"Agree on {absolute(day, today=day_of(trouble.book.now))} with the customer"
    reason = "The plan cannot hold the day promised"
    change = Promise(trouble.subject.line, minute_of(day), reason, was)
    yield Offer(Remedy.Kind.PROMISE, words, (change,))
