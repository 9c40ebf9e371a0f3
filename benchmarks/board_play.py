"""Makes and plans the open jobs of `benchmarks.board`, and signs a planner in."""

import argparse
import json
import random
from pathlib import Path

from django.conf import settings
from django.test import Client
from django.utils import timezone

import benchmarks.ready  # noqa: F401 - Django first
from benchmarks.replan_play import make, settled
from orders.models import User
from planning import engine, services
from planning.models import Operation

PER_ORDER = 8


def main() -> None:
    """Make the jobs, plan them, write down how far the plan reaches."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    now = timezone.now().replace(second=0, microsecond=0)
    engine.warm_up()
    make(options.operations // PER_ORDER, random.Random(1), now)
    services.replan(reason="Measured", now=now)
    settled()
    last = max(each for each in Operation.objects.values_list("during__endswith", flat=True) if each)
    client = Client()
    client.force_login(User.objects.create_user("planner@example.com", roles=["planner"]))
    options.out.write_text(
        json.dumps({
            "operations": Operation.objects.open().count(),
            "days": (last - now).days + 2,
            "cookie": settings.SESSION_COOKIE_NAME,
            "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        })
    )  # fmt: skip


if __name__ == "__main__":
    main()
