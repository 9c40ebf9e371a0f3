"""The shop of a story: Northbyte's master data, real workers and a sweeper, and people at their screens."""

import subprocess
from collections.abc import Callable, Iterator

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from demo.services.masterdata import make_shop
from orders.models import User
from tests.browser.conftest import front_end_files, no_script_errors, sign_in
from tests.journeys.story import Story

__all__ = ["front_end_files", "no_script_errors", "sign_in"]


@pytest.fixture
def story(
    worker: subprocess.Popen[bytes],
    sweeper: subprocess.Popen[bytes],
    live_server: LiveServer,
    browser: Browser,
    page: Page,
    sign_in: Callable[[User], Page],
) -> Iterator[Story]:
    """An open shop in which nothing was ordered yet."""
    make_shop(now=timezone.now())
    story = Story(live_server.url, browser, sign_in)
    yield story
    page.goto("about:blank")
    story.end()
