"""The health page is red when orders stop moving, and only then."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from orders.models import Heartbeat

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def beating(db: None) -> None:
    Heartbeat.objects.create(name="sweeper", at=timezone.now())


def test_all_is_well(client: Client, beating: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
def test_a_sweeper_that_never_came_is_red(client: Client) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["sweeper"]) == (503, {"ok": False, "beat_age_s": None})


@pytest.mark.django_db
def test_a_silent_sweeper_is_red(client: Client) -> None:
    Heartbeat.objects.create(name="sweeper", at=timezone.now() - timedelta(seconds=31))
    assert client.get("/healthz").status_code == 503


def test_without_the_broker_the_work_goes_on_more_slowly(
    client: Client, beating: None, settings: Settings
) -> None:
    settings.CELERY_BROKER_URL = NOWHERE
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")


def test_a_probe_may_not_write(client: Client, beating: None) -> None:
    assert client.post("/healthz").status_code == 405
