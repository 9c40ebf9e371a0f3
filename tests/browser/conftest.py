"""What every browser test needs: the front-end files, people who are signed in, a strict ear for errors."""

from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import ConsoleMessage, Page
from pytest_django.live_server_helper import LiveServer

from kernel.assets import build
from mto.settings.env import REPOSITORY
from orders.models import User

OF_NO_CONCERN = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
"""Refusals that the page shows itself, and questions cut short by leaving the page."""


@pytest.fixture(scope="session", autouse=True)
def front_end_files() -> None:
    """Third-party style sheet and icons, fetched once."""
    build(REPOSITORY, print)


@pytest.fixture
def sign_in(page: Page, live_server: LiveServer) -> Callable[[User], Page]:
    """Open the browser as this person."""

    def as_person(person: User) -> Page:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([
            {"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}
        ])  # fmt: skip
        return page

    return as_person


@pytest.fixture(autouse=True)
def no_script_errors(page: Page) -> Iterator[None]:
    """A page that breaks its content policy or throws fails the test, whatever else it shows."""
    found: list[str] = []

    def listen(message: ConsoleMessage) -> None:
        if message.type == "error" and not message.text.startswith(OF_NO_CONCERN):
            found.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: found.append(str(error)))
    yield
    assert not found
