"""The browsable description of the API, in a real browser."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_description_renders_from_our_own_server_only(page: Page, live_server: LiveServer) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.get_by_text("Request a quotation")).to_be_visible()
    page.get_by_text("Request a quotation").click()
    expect(page.get_by_text("New for every request, the same for its repeats")).to_be_visible()
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []


def test_the_page_of_a_problem_renders(page: Page, live_server: LiveServer) -> None:
    page.goto(f"{live_server.url}/api/v1/problems/too-many-requests")
    expect(page.get_by_role("heading", name="Too many requests")).to_be_visible()
