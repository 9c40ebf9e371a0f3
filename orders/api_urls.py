"""Addresses of the customers' API; each works with and without a slash at the end."""

from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, path, re_path

from orders.api import quotations, views

app_name = "api"


def both(route: str, view: Callable[..., Any], name: str) -> list[URLPattern]:
    """The address and its slashed twin: a redirect would turn a POST into a GET."""
    return [path(route, view, name=name), path(f"{route}/", view)]


urlpatterns = [
    *both("orders", views.Orders.as_view(), "orders"),
    *both("orders/<str:reference>", views.OrderDetail.as_view(), "order"),
    *both("orders/<str:reference>/events", views.Events.as_view(), "events"),
    *both("quotations/<str:reference>", quotations.Quotations.as_view(), "quotation"),
    *both("quotations/<str:reference>/accept", quotations.Accept.as_view(), "accept"),
    *both("quotations/<str:reference>/decline", quotations.Decline.as_view(), "decline"),
    *both("products", views.Products.as_view(), "products"),
    *both("products/<str:code>", views.ProductDetail.as_view(), "product"),
    *both("products/<str:code>/configure", views.Configure.as_view(), "configure"),
    path("schema/", views.schema, name="schema"),
    path("schema", views.schema),
    path("docs/", views.docs, name="docs"),
    path("docs", views.docs),
    *both("problems/<slug:slug>", views.problem, "problem"),
    re_path(r"", views.Unknown.as_view()),
]
