"""The planner's home: what is late or at risk and why, what to decide, where the shop is tightest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from planning.models import PlanState, Remedy
from planning.selectors.board.load import CentreLoad, Load, WeekLoad, load_per_centre
from planning.selectors.decisions.decisions import Groups, answer_of, cause_groups, todays_decisions
from planning.selectors.decisions.endangered import Endangered, endangered
from planning.selectors.editions import plan_state
from planning.selectors.home.on_time import Share, on_time
from planning.selectors.home.stability import Stability, stability
from planning.selectors.shop.resources import load_resources


@dataclass(frozen=True)
class Bottleneck:
    """The fullest week of any work centre, and how many jobs in danger wait there most."""

    centre: CentreLoad
    week: WeekLoad
    jobs: int


@dataclass(frozen=True)
class Home:
    """All that the page shows; `today` are the best remedies of the most urgent jobs."""

    state: PlanState | None
    danger: Endangered
    groups: Groups
    today: Sequence[Remedy]
    bottleneck: Bottleneck | None
    calm: Stability
    on_time: Mapping[str, Sequence[Share]]
    load: Load

    @property
    def answer(self) -> str:
        """Late and at risk in a sentence."""
        return answer_of(self.danger.late, self.danger.risk)

    @property
    def to_decide(self) -> int:
        """Jobs in danger for which a remedy is offered."""
        return getattr(self.today[0], "in_all", 0) if self.today else 0


def planner_home(now: datetime) -> Home:
    """The page's content. Four statements.

    Three more the first time a minute that anybody asks for this edition of the plan, one in ten minutes.
    """
    resources = load_resources(now)
    state, plan = plan_state()
    groups, load = cause_groups(), load_per_centre(resources, now, plan)
    return Home(
        state=state,
        danger=endangered(now, resources, plan),
        groups=groups,
        today=todays_decisions(),
        bottleneck=bottleneck(load, groups),
        calm=stability(now, resources, plan),
        on_time=on_time(resources, now),
        load=load,
    )


def bottleneck(load: Load, groups: Groups) -> Bottleneck | None:
    """The work centre with the fullest week of all; of equally full ones that which delays more jobs."""
    found = [
        Bottleneck(centre, week, groups.centres.get(centre.code, 0))
        for centre in load.busy
        for week in centre.weeks
        if week.planned
    ]
    return max(found, key=lambda each: (each.week.percent, each.jobs), default=None)
