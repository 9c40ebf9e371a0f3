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
from orders.models import Process, User
from planning import engine, services
from planning.models import Calendar, Crew, Operation, Skill

PER_ORDER = 8


def main() -> None:
    """Make the jobs, plan them, write down how far the plan reaches; or only staff the shop."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--operations", type=int, default=0)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--staff", action="store_true")
    options = parser.parse_args()
    if options.staff:
        staff()
        return
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


def staff() -> None:
    """Everything asks for a skill; crews of eight have two of them each, more people than the plan needs."""
    skills = [Skill.objects.create(code=process.code) for process in Process.objects.order_by("id")]
    for skill, process in zip(skills, Process.objects.order_by("id"), strict=True):
        Operation.objects.filter(process=process).update(skills=[skill.id])
    calendars = list(Calendar.objects.order_by("id"))
    for number in range(2 * len(skills)):
        crew = Crew.objects.create(
            code=f"C{number}", name=f"Crew {number}", calendar=calendars[number % len(calendars)], size=8
        )
        crew.skills.add(skills[number // 2], skills[(number // 2 + 1) % len(skills)])


if __name__ == "__main__":
    main()
