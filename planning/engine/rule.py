"""The dispatching rule: how urgent an operation is, whoever asks."""

from typing import Final, NamedTuple

import numpy as np

from kernel.jit import Table, builder, fields
from planning.engine.shop import PINNED, Shop

LEAST_WEIGHT: Final = 1e-3

MARK: Final = fields("missing", "ready", "held", "at", real=("score", "latest", "penalty"))


class Rule(NamedTuple):
    """Its parameters.

    Slack counts over `reach` mean durations, the work still ahead `lead`-fold, a set-up `saving`-fold.
    """

    reach: float
    lead: float
    saving: float


@builder
def judge(shop: Shop, marks: Table, lead: float, saving: float) -> None:
    """Write per operation log(weight / duration), when it becomes urgent, and what its set-up costs.

    The work still behind an operation counts `lead`-fold; a pinned follower pulls as a due date does.
    """
    count = len(shop.tasks)
    finish = np.empty(count)
    setups, with_setup = 0.0, 0
    for operation in range(count):
        setups += shop.tasks[operation].setup
        with_setup += shop.tasks[operation].setup > 0
    unit = saving / max(setups / max(with_setup, 1), 1.0)
    for position in range(count - 1, -1, -1):
        operation = shop.order[position]
        task = shop.tasks[operation]
        limit = float(shop.jobs[task.job].due)
        for at in range(task.first_after, task.last_after):
            follower = shop.tasks[shop.after[at]]
            limit = min(limit, finish[shop.after[at]] - lead * follower.lasting)
            if follower.fixing == PINNED:
                limit = min(limit, float(follower.start))
        finish[operation] = limit
        weight = max(float(shop.jobs[task.job].weight), LEAST_WEIGHT)
        mark = marks[operation]
        mark.latest = limit - task.lasting
        mark.score = np.log(weight / task.lasting)
        mark.penalty = task.setup * unit
