"""Whole pages and their parts from one view."""

from types import SimpleNamespace

import pytest
from django import forms
from django.contrib.messages import success
from django.contrib.messages.storage.cookie import CookieStorage
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from kernel.errors import Refused
from kernel.htmx import add_refusal, back, partial_name, redirect_or_htmx, render_page, unchanged
from kernel.showcase import samples


def ask(url: str = "/styleguide", **headers: str) -> HttpRequest:
    """A request with htmx's headers, as the middleware leaves it."""
    request = RequestFactory().get(url, headers={name.replace("_", "-"): v for name, v in headers.items()})
    request.htmx = HtmxDetails(request)  # type: ignore[attr-defined]
    request.user = SimpleNamespace(is_authenticated=False, is_active=True)  # type: ignore[assignment]
    request._messages = CookieStorage(request)  # type: ignore[attr-defined]
    return request


@pytest.mark.django_db
def test_the_whole_page_answers_a_plain_request() -> None:
    html = render_page(ask(), "kernel/styleguide.html", samples({}), partial="list").content.decode()
    assert "<!doctype html>" in html
    assert 'id="list"' in html


def test_only_the_part_answers_when_htmx_aims_at_it() -> None:
    request = ask(HX_Request="true", HX_Target="list")
    response = render_page(request, "kernel/styleguide.html", samples({}), partial="list")
    assert "<!doctype" not in response.content.decode()
    assert "HX-Target" in response["Vary"]


def test_messages_travel_with_a_part() -> None:
    request = ask(HX_Request="true", HX_Target="list")
    success(request, "Order confirmed.")
    html = render_page(request, "kernel/styleguide.html", samples({}), partial="list").content.decode()
    assert 'hx-swap-oob="beforeend:#toasts"' in html
    assert "Order confirmed." in html


def test_the_back_button_gets_the_whole_page() -> None:
    request = ask(HX_Request="true", HX_Target="list", HX_History_Restore_Request="true")
    assert partial_name(request, "list") == ""


def test_a_redirect_reaches_htmx_by_header() -> None:
    assert redirect_or_htmx(ask(HX_Request="true"), "/orders")["HX-Redirect"] == "/orders"
    assert redirect_or_htmx(ask(), "/orders")["Location"] == "/orders"


def test_a_polling_part_with_the_shown_version_is_unchanged() -> None:
    assert unchanged(ask("/order?seen=7", HX_Request="true"), 7)
    assert not unchanged(ask("/order?seen=6", HX_Request="true"), 7)


@pytest.mark.parametrize(
    ("target", "result"), [("/orders", "/orders"), ("https://evil.example/", "/home"), ("", "/home")]
)
def test_back_leads_only_to_our_own_pages(target: str, result: str) -> None:
    assert back(RequestFactory().get("/x", {"next": target}), "/home") == result


def test_a_refusal_stands_at_its_field_or_above_the_form() -> None:
    class OrderForm(forms.Form):
        quantity = forms.IntegerField()

    form = OrderForm({"quantity": "2"})
    add_refusal(form, Refused("Too many.", field="quantity", remedy="Order 1."))
    add_refusal(form, Refused("Closed.", field="elsewhere"))
    assert form.errors["quantity"] == ["Too many. Order 1."]
    assert form.non_field_errors() == ["Closed."]
