"""Which plan a page shows: what is read from the plan holds until there is another edition of it."""

from typing import Final, NamedTuple

from django.db.models import Subquery

from kernel.queries import Statement
from planning.models import PlanState, PlanVersion


class Edition(NamedTuple):
    """Whole plans made so far, and the last change of the plan: a repair or jobs put in."""

    version: int = 0
    change: int = 0


STATE: Final = Statement(
    lambda: PlanState.objects.annotate(change=Subquery(PlanVersion.objects.order_by("-id").values("id")[:1]))[
        :1
    ]
)


def plan_state() -> tuple[PlanState | None, Edition]:
    """The state of the plan and its edition; None where nothing was ever planned. One statement."""
    state = STATE.first()
    if state is None:
        return None, Edition()
    return state, Edition(state.version, getattr(state, "change", 0) or 0)
