"""What a browser is told about every page, and that a real one opens ours."""

from typing import Any

import pytest
from django.test import Client


@pytest.mark.django_db
def test_a_page_may_load_and_send_nothing_but_our_own(client: Client) -> None:
    answer = client.get("/accounts/login/")
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["object-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert (answer["X-Frame-Options"], answer["X-Content-Type-Options"]) == ("DENY", "nosniff")


@pytest.mark.django_db
def test_nobody_signs_himself_up(client: Client) -> None:
    assert b"closed" in client.get("/accounts/signup/").content.lower()


@pytest.mark.django_db(transaction=True)
def test_a_real_browser_opens_the_sign_in_page_without_a_complaint(live_server: Any, page: Any) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}/accounts/login/")
    assert page.get_by_role("button", name="Sign in").is_visible()
    assert complaints == []
