"""Work lists as the home page shows them, and the figures above them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, Q

from orders.lifecycle import BEFORE_ORDER, OPEN
from orders.models import Handover, Order, OrderLine, Role, User, WorkItem
from orders.selectors.desk import roles_of, work_counts, work_list

SHOWN = 40


@dataclass(frozen=True)
class Group:
    """One role's list: the first SHOWN items, and how many wait behind them."""

    role: str
    label: str
    items: list[WorkItem]
    total: int

    @property
    def more(self) -> int:
        """How many wait behind the ones shown."""
        return self.total - len(self.items)


@dataclass(frozen=True)
class Waiting:
    """What waits for a person; `token` changes whenever the lists do."""

    groups: list[Group]
    roles: list[tuple[str, str, int]]
    places: list[tuple[str, str, int]]
    total: int
    token: str


@dataclass(frozen=True)
class Figures:
    """The figures above the list of those who watch the whole shop."""

    late: int
    open_jobs: int
    open_orders: int
    quotations: int
    held: int
    parked: int


def waiting_for(user: User, *, role: str = "", place: str = "") -> Waiting:
    """The open work items of the person's roles; `role` and `place` narrow them.

    One statement for each role with something on its list, and three more.
    """
    mine = roles_of(user)
    counts = work_counts(mine)
    chosen = [code for code in mine if code in counts and role in ("", code)]
    groups = [_group(code, counts[code], place) for code in chosen]
    return Waiting(
        groups=[group for group in groups if group.items],
        roles=[(code, Role(code).label, counts[code]) for code in mine if code in counts],
        places=_places(chosen) if Role.OPERATOR in mine else [],
        total=sum(counts.values()),
        token=work_token(mine),
    )


def work_token(roles: Sequence[str]) -> str:
    """Changes with every opening and closing on these roles' lists; one statement."""
    waiting = WorkItem.objects.waiting().filter(role__in=roles)
    found = waiting.aggregate(count=Count("id"), last=Max("opened_at"))
    last: datetime | None = found["last"]
    return f"{found['count']}-{last.timestamp() if last else 0:.0f}"


def figures() -> Figures:
    """How the shop stands, in three statements."""
    jobs = OrderLine.objects.filter(state__in=OPEN).aggregate(
        late=Count("id", filter=Q(forecast_at__gt=F("promised_at"))),
        held=Count("id", filter=Q(held_at__isnull=False)),
        work=Count("id", filter=~Q(state__in=BEFORE_ORDER)),
    )
    orders = Order.objects.filter(state__in=OPEN).aggregate(
        quotations=Count("id", filter=Q(state__in=BEFORE_ORDER)),
        confirmed=Count("id", filter=~Q(state__in=BEFORE_ORDER)),
    )
    return Figures(
        late=jobs["late"],
        open_jobs=jobs["work"],
        open_orders=orders["confirmed"],
        quotations=orders["quotations"],
        held=jobs["held"],
        parked=Handover.objects.filter(parked_at__isnull=False, done_at=None).count(),
    )


def _group(role: str, total: int, place: str) -> Group:
    items = list(work_list([role], place=place, limit=SHOWN))
    return Group(role, Role(role).label, items, len(items) if place else total)


def _places(roles: Sequence[str]) -> list[tuple[str, str, int]]:
    waiting = WorkItem.objects.waiting().filter(role__in=roles).exclude(place="")
    rows = waiting.order_by("place").values_list("place").annotate(count=Count("id"))
    return [(place, place, count) for place, count in rows]
