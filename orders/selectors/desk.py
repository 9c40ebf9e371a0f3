"""What waits: each role's work list, and what needs attention."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from orders.models import Handover, Role, User, WorkItem
from orders.models.people import STAFF_ROLES

LONGEST_LIST = 300


def roles_of(user: User) -> tuple[str, ...]:
    """The staff roles whose lists a person sees: the own ones; administrators see all."""
    if Role.ADMINISTRATOR in user.roles:
        return STAFF_ROLES
    return tuple(role for role in user.roles if role in STAFF_ROLES)


def work_list(roles: Collection[str], *, place: str = "", limit: int = LONGEST_LIST) -> QuerySet[WorkItem]:
    """What waits for these roles, oldest due date first, without a date last; one statement."""
    waiting = WorkItem.objects.waiting().filter(role__in=list(roles))
    if place:
        waiting = waiting.filter(place=place)
    related = waiting.select_related("order__customer", "line__product")
    return related.order_by("due_at", "id")[:limit]


def work_counts(roles: Collection[str]) -> dict[str, int]:
    """How many things wait for each of these roles; one statement."""
    waiting = WorkItem.objects.waiting().filter(role__in=list(roles))
    return dict(waiting.order_by().values_list("role").annotate(Count("id")))


def needs_attention(limit: int = LONGEST_LIST) -> QuerySet[Handover]:
    """Handovers that failed too often, the longest parked first; one statement."""
    parked = Handover.objects.filter(parked_at__isnull=False, done_at=None)
    related = parked.select_related("move", "line__order__customer", "line__product")
    return related.order_by("parked_at")[:limit]
