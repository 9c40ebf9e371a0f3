"""What a rework loop repeats, and how long it may take."""

from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 15
SHARE = 4


@dataclass(frozen=True)
class Step:
    """One operation of the routing: minutes for the whole lot."""

    process_id: int
    minutes: int
    unattended: bool = False


def repeat(steps: Sequence[Step]) -> Step | None:
    """The step to plan for a rework: the longest one that people work on, for a quarter of its time.

    At least 15 minutes; unattended steps count only where there are no others; None without any step.
    """
    attended = [step for step in steps if not step.unattended]
    longest = max(attended or steps, key=lambda step: step.minutes, default=None)
    if longest is None:
        return None
    return Step(longest.process_id, max(SHORTEST, -(-longest.minutes // SHARE)))
