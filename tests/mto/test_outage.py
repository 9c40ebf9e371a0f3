"""A lost database answers 503 and says when to try again; every other fault is a 500."""

import pytest
from django.db import OperationalError
from django.http import HttpRequest
from django.test import Client
from django.urls import path
from pytest_django.fixtures import Settings

from kernel.access import public


@public
def outage(request: HttpRequest) -> None:
    raise OperationalError("server closed the connection")


@public
def fault(request: HttpRequest) -> None:
    raise ValueError("a fault")


urlpatterns = [path("outage", outage), path("api/outage", outage), path("fault", fault)]
handler500 = "mto.outage.server_error"


@pytest.fixture
def visitor(settings: Settings) -> Client:
    settings.ROOT_URLCONF = __name__
    return Client(raise_request_exception=False)


@pytest.mark.django_db
def test_a_page_without_database_asks_to_try_again(visitor: Client) -> None:
    answer = visitor.get("/outage")
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert b"try again in ten seconds" in answer.content


@pytest.mark.django_db
def test_the_api_says_it_as_a_problem(visitor: Client) -> None:
    answer = visitor.get("/api/outage")
    assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")


@pytest.mark.django_db
def test_a_fault_stays_a_fault(visitor: Client) -> None:
    answer = visitor.get("/fault")
    assert answer.status_code == 500
    assert "a fault" not in answer.content.decode()
