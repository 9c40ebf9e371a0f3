"""The addresses of the customers' API."""

from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.access import by_api_key, public
from orders.api import base, examples, serializers
from orders.api.authentication import key_of
from orders.api.base import ApiView
from orders.api.catalogue import configuration_answer, product_detail, product_summary
from orders.api.input import (
    Choosing,
    EventQuery,
    OrderQuery,
    ProductQuery,
    Quotation,
    body_of,
    query_of,
    wanted_orders,
)
from orders.api.problems import BY_SLUG
from orders.api.representations import milestone, order_detail, order_summary
from orders.api.requests import place_request
from orders.api.schema import BODY, idempotent, limits, readable, reading, responses, schema_json
from orders.models import Order, Product
from orders.selectors.for_customers import (
    customer_order,
    customer_orders,
    find_order,
    milestones_after,
    orderable_product,
    orderable_products,
)


def own_order(request: Request, reference: str) -> Order:
    """The order of the key's customer; Http404 for every other number, whoever it belongs to."""
    order = find_order(key_of(request).customer_id, reference)
    if order is None:
        raise Http404
    return order


def published(code: str) -> Product:
    """The product customers may order; Http404 for every other code."""
    product = orderable_product(code)
    if product is None:
        raise Http404
    return product


def page(items: list[Any], next_url: str | None) -> Response:
    """One page with the address of the next one, in the body and in `Link`."""
    headers = {"Link": f'<{next_url}>; rel="next"'} if next_url else {}
    return Response({"items": items, "next": next_url}, headers=headers)


def further(request: Request, cursor: Any) -> str:
    """The address at hand with another cursor."""
    given = {name: value for name, value in request.query_params.items() if name != "cursor"}
    return f"{request.path}?{urlencode({**given, 'cursor': cursor})}"


@by_api_key
class Orders(ApiView):
    """The orders of the customer."""

    scopes = {"GET": "orders:read", "POST": "orders:write"}
    writes = frozenset({"POST"})

    @extend_schema(
        operation_id="listOrders",
        summary="List orders",
        tags=["Orders"],
        parameters=[OrderQuery, *reading()],
        responses=readable(serializers.OrderPage, "invalid"),
    )
    def get(self, request: Request) -> Response:
        """Quotations and orders, the newest first."""
        wanted = wanted_orders(request)
        found, more = customer_orders(key_of(request).customer_id, wanted)
        items = [order_summary(row) for row in found]
        return page(items, further(request, found[-1].order.pk) if more else None)

    @extend_schema(
        operation_id="requestQuotation",
        summary="Request a quotation",
        tags=["Orders"],
        parameters=idempotent(),
        request=Quotation,
        examples=[examples.ORDER_REQUEST],
        responses=responses({201: serializers.Order}, *BODY, "conflict", "key-reused"),
    )
    def post(self, request: Request) -> Response:
        """Stored once for each Idempotency-Key; our sales people answer it with a quotation."""
        body, replayed = place_request(request)
        headers = {"Location": body["links"]["self"]}
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        return Response(body, status=201, headers=headers)


@by_api_key
class OrderDetail(ApiView):
    """One order."""

    scopes = {"GET": "orders:read"}

    @extend_schema(
        operation_id="getOrder",
        summary="Read an order",
        tags=["Orders"],
        parameters=reading(),
        responses=readable(serializers.Order, "not-found"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """By order number, quotation number or id: state, lines, four dates, progress, milestones."""
        order = own_order(request, reference)
        self.tag = f"{order.quotation_number}-{order.version}"
        return Response(order_detail(customer_order(order)))


@by_api_key
class Events(ApiView):
    """What happened to one order."""

    scopes = {"GET": "orders:read"}

    @extend_schema(
        operation_id="listEvents",
        summary="Follow an order",
        tags=["Orders"],
        parameters=[EventQuery, *reading()],
        examples=[examples.MILESTONES],
        responses=readable(serializers.EventPage, "invalid", "not-found"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """The milestones after a cursor, oldest first; ask `next` again for what comes later."""
        given = query_of(request, EventQuery)
        order = own_order(request, reference)
        rows, more = milestones_after(order, given["after"], given["limit"])
        cursor = rows[-1].pk if rows else given["after"]
        next_url = f"{request.path}?{urlencode({'after': cursor, 'limit': given['limit']})}"
        items = [milestone(row) for row in rows]
        body = {"items": items, "cursor": cursor, "next": next_url, "more": more}
        return Response(body, headers={"Link": f'<{next_url}>; rel="next"'})


@by_api_key
class Products(ApiView):
    """What can be ordered."""

    scopes = {"GET": "products:read"}

    @extend_schema(
        operation_id="listProducts",
        summary="List products",
        tags=["Products"],
        parameters=[ProductQuery, *reading()],
        responses=readable(serializers.ProductPage, "invalid"),
    )
    def get(self, request: Request) -> Response:
        """Published products by code."""
        given = query_of(request, ProductQuery)
        found, more = orderable_products(given["cursor"], given["limit"])
        items = [product_summary(product) for product in found]
        return page(items, further(request, found[-1].code) if more else None)


@by_api_key
class ProductDetail(ApiView):
    """One product."""

    scopes = {"GET": "products:read"}

    @extend_schema(
        operation_id="getProduct",
        summary="Read a product",
        tags=["Products"],
        parameters=reading(),
        responses=readable(serializers.Product, "not-found"),
    )
    def get(self, request: Request, code: str) -> Response:
        """Everything that can be chosen, the rules with their reasons, and what the options add."""
        product = published(code)
        self.tag = f"{product.pk}-{product.revision}"
        return Response(product_detail(product))


@by_api_key
class Configure(ApiView):
    """Choices to try."""

    scopes = {"POST": "products:read"}

    @extend_schema(
        operation_id="configureProduct",
        summary="Try a configuration",
        tags=["Products"],
        parameters=limits(200),
        request=Choosing,
        examples=[examples.CONFIGURE_REQUEST],
        responses=responses({200: serializers.ConfigurationAnswer}, *BODY, "not-found"),
    )
    def post(self, request: Request, code: str) -> Response:
        """Whether the choices go together, what else may be chosen, and the price. Stores nothing."""
        product = published(code)
        given = body_of(request, Choosing)
        customer = key_of(request).customer
        return Response(configuration_answer(product, given["choices"], given["quantity"], customer))


@public
@extend_schema(exclude=True)
class Unknown(base.Unknown):
    """Whatever address the API does not know."""


@public
@require_safe
def schema(request: HttpRequest) -> HttpResponseBase:
    """The description of the API, OpenAPI 3.1."""
    response = HttpResponse(schema_json(), content_type="application/vnd.oai.openapi+json; version=3.1")
    response["Cache-Control"] = "no-cache"
    response["ETag"] = etag = f'"{sha256(response.content).hexdigest()[:20]}"'
    return get_conditional_response(request, etag=etag, response=response) or response


@public
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The description to browse and try."""
    return render(request, "api/docs.html", {"schema_url": reverse("api:schema")})


@public
@require_safe
def problem(request: HttpRequest, slug: str) -> HttpResponse:
    """What one kind of problem means: the address its `type` names."""
    if slug not in BY_SLUG:
        raise Http404(f"There is no problem {slug}.")
    return render(request, "api/problem.html", {"kind": BY_SLUG[slug]})
