"""What a remedy is worth: what it saves against what it hurts and costs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.conf import settings

from orders.models import OrderLine
from planning.models import Remedy
from planning.selectors.decisions.remedies.trouble import Offer
from planning.selectors.effects.effects import Difference, Effect, JobEffect

DAY: Final = 1440
NAMED: Final = 8
"""So many jobs of each list are kept with a remedy."""

SURE: Final[Mapping[str, Decimal]] = {
    Remedy.Kind.MATERIAL: Decimal("0.5"),
    Remedy.Kind.PRIORITY: Decimal("0.75"),
    Remedy.Kind.PROMISE: Decimal("0.25"),
}
"""How much of what is saved counts: suppliers may refuse, a new promise makes nobody wait less."""

MOVED: Final = Decimal("0.5")
"""What an operation that moves is reckoned with, in money: people are prepared for its place."""


@dataclass(frozen=True)
class Outcome:
    """A remedy that was tried: the job's forecast by it, weighted minutes of lateness saved, its worth."""

    after: datetime
    saved: int
    worth: Decimal


def outcome(effect: Difference, offer: Offer, line: OrderLine) -> Outcome:
    """What the difference means for the job that is to be helped; it has a promise and a forecast.

    Saved lateness of the whole shop, its own weighted, and half of what it gains of the reserve it lacks.
    Of that SURE counts, each day as MTO_LATE_DAY_COST; the cost and MOVED for every operation go off.
    """
    forecast, promised = line.forecast_at, line.promised_at
    if forecast is None or promised is None:
        raise ValueError("Only a job with promise and forecast can be helped.")
    shift = timedelta(minutes=int(effect.shift[effect.about]) if effect.about >= 0 else 0)
    saved = effect.tardiness_before - effect.tardiness_after
    if offer.kind != Remedy.Kind.PROMISE:
        behind = _minutes(promised, forecast) - _minutes(promised, forecast + shift)
        reserve = _lacking(promised, forecast) - _lacking(promised, forecast + shift)
        saved += (line.priority - 1) * behind + line.priority * reserve // 2
    money = Decimal(saved) / DAY * settings.MTO_LATE_DAY_COST * SURE.get(offer.kind, Decimal(1))
    worth = money - offer.cost - MOVED * effect.moved
    return Outcome(forecast + shift, saved, worth.quantize(Decimal("0.01")))


def helps(effect: Difference, found: Outcome) -> bool:
    """Worth its cost, nobody loses their place, and no more jobs become late than are rescued."""
    counts = effect.counts
    return not effect.lost and found.worth > 0 and counts["late"] <= counts["rescued"]


def told(effect: Effect) -> dict[str, Any]:
    """What is kept of an effect and shown beside the remedy: its answer, and the first jobs of each list."""
    lists = {"late": effect.late, "rescued": effect.rescued, "later": effect.later, "earlier": effect.earlier}
    return {
        "answer": effect.answer,
        "moved": effect.moved,
        "counts": {name: getattr(effect, f"{name}_count") for name in lists},
        **{name: [_job(each) for each in jobs[:NAMED]] for name, jobs in lists.items()},
    }


def _job(job: JobEffect) -> dict[str, Any]:
    return {
        "name": f"{job.reference} line {job.position}",
        "customer": job.customer,
        "url": job.url,
        "days": abs(job.days),
    }


def _minutes(first: datetime, last: datetime) -> int:
    """Minutes behind, none before."""
    return max(0, int((last - first).total_seconds()) // 60)


def _lacking(promised: datetime, forecast: datetime) -> int:
    """What it lacks of the reserve that jobs not at risk have; a late one lacks all of it."""
    least: int = settings.MTO_RISK_MINUTES
    return min(least, max(0, least - int((promised - forecast).total_seconds()) // 60))
