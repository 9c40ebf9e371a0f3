"""Quotations by API: what was sent, accepted or declined once for each Idempotency-Key."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from kernel.access import by_api_key
from orders.api.authentication import key_of
from orders.api.base import ApiView
from orders.api.input import Strict, body_of
from orders.api.representations import Json, day, instant, order_detail
from orders.api.requests import idempotency_key
from orders.api.schema import BODY, idempotent, readable, reading, responses
from orders.api.serializers import Order as OrderShape
from orders.api.serializers import Shape
from orders.models import LostReason, Order, QuotationRevision
from orders.selectors.for_customers import customer_order
from orders.selectors.quotations import revision_by_letter, revisions_of
from orders.services import (
    Acceptance,
    Answer,
    accept_quotation,
    fingerprint_of,
    once,
    reject_revision,
)
from orders.services.lines import LARGEST_QUANTITY

LINE = serializers.IntegerField(min_value=1, max_value=10**6)


class Revision(Shape):
    """One revision as it was sent."""

    revision = serializers.CharField(help_text="A, B, C …")
    status = serializers.ChoiceField(choices=QuotationRevision.Status.values)
    sent_at = serializers.DateTimeField()
    valid_until = serializers.DateField()
    document_sha256 = serializers.CharField(help_text="Of `content`: SHA-256 of its JSON, keys sorted.")
    content = serializers.DictField(help_text="All that the quotation says.")


class Revisions(Shape):
    """What was sent of a quotation."""

    quotation_number = serializers.CharField()
    items = Revision(many=True, help_text="Newest first.")


class Quantity(Strict):
    """Another quantity of a line."""

    line = serializers.IntegerField(min_value=1, max_value=10**6, help_text="Its position.")
    quantity = serializers.IntegerField(min_value=1, max_value=LARGEST_QUANTITY)


class Accepting(Strict):
    """An acceptance."""

    revision = serializers.CharField(max_length=3, help_text="The letter of the revision you accept.")
    document_sha256 = serializers.CharField(
        max_length=64, help_text="Of this revision: proof of what you read."
    )
    name = serializers.CharField(max_length=120, help_text="Who accepts.")
    title = serializers.CharField(default="", allow_blank=True, max_length=120)
    customer_po = serializers.CharField(default="", allow_blank=True, max_length=40)
    options = serializers.ListField(
        child=LINE, default=list, max_length=200, help_text="Option lines you take."
    )
    quantities = Quantity(many=True, default=list, help_text="Where you choose another one.")


class Declining(Strict):
    """A rejection."""

    revision = serializers.CharField(max_length=3)
    reason = serializers.ChoiceField(choices=LostReason.choices)
    text = serializers.CharField(default="", allow_blank=True, max_length=300)
    name = serializers.CharField(max_length=120)


@by_api_key
class Quotations(ApiView):
    """What was sent."""

    scopes = {"GET": "orders:read"}

    @extend_schema(
        operation_id="getQuotation",
        summary="Read what was sent",
        tags=["Quotations"],
        parameters=reading(),
        responses=readable(Revisions, "not-found"),
    )
    def get(self, request: Request, reference: str) -> Response:
        """Every revision of a quotation, with the content to accept."""
        newest = _revision(request, reference, "")
        items = [_shown(revision) for revision in revisions_of(newest.order)]
        return Response({"quotation_number": newest.order.quotation_number, "items": items})


@by_api_key
class Accept(ApiView):
    """An acceptance."""

    scopes = {"POST": "orders:write"}
    writes = frozenset({"POST"})

    @extend_schema(
        operation_id="acceptQuotation",
        summary="Accept a quotation",
        tags=["Quotations"],
        parameters=idempotent(200),
        request=Accepting,
        responses=responses({200: OrderShape}, *BODY, "not-found", "conflict", "key-reused"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Makes it an order; accepting it again gives the same order."""
        return _answer(request, reference, "accept", Accepting, _accept)


@by_api_key
class Decline(ApiView):
    """A rejection."""

    scopes = {"POST": "orders:write"}
    writes = frozenset({"POST"})

    @extend_schema(
        operation_id="declineQuotation",
        summary="Decline a quotation",
        tags=["Quotations"],
        parameters=idempotent(200),
        request=Declining,
        responses=responses({200: OrderShape}, *BODY, "not-found", "conflict", "key-reused"),
    )
    def post(self, request: Request, reference: str) -> Response:
        """Tells us that you do not want this revision, and why."""
        return _answer(request, reference, "decline", Declining, _decline)


def _revision(request: Request, reference: str, letter: str) -> QuotationRevision:
    """The revision of the key's customer; Http404 for every other one."""
    usable = reference.isprintable() and letter.isprintable()
    customer = key_of(request).customer_id
    found = revision_by_letter(reference, letter, customer_id=customer) if usable else None
    if found is None:
        raise Http404
    return found


def _answer(
    request: Request,
    reference: str,
    verb: str,
    kind: type[Strict],
    act: Callable[[QuotationRevision, dict[str, Any], str | None], Order],
) -> Response:
    """Carry the answer out once for each Idempotency-Key."""
    key, values = idempotency_key(request), body_of(request, kind)
    revision = _revision(request, reference, values["revision"])
    answer = once(
        scope=f"api:{key_of(request).pk}:{verb} {revision.pk}",
        key=key,
        fingerprint=fingerprint_of(request.data),
        act=partial(_carry_out, revision, values, request.META.get("REMOTE_ADDR"), act),
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    return Response(json.loads(answer.body), headers=headers)


def _carry_out(
    revision: QuotationRevision,
    values: dict[str, Any],
    ip: str | None,
    act: Callable[[QuotationRevision, dict[str, Any], str | None], Order],
) -> Answer:
    order = Order.objects.select_related("customer").get(pk=act(revision, values, ip).pk)
    return Answer(200, json.dumps(order_detail(customer_order(order))))


def _accept(revision: QuotationRevision, values: dict[str, Any], ip: str | None) -> Order:
    wanted = Acceptance(
        name=values["name"],
        title=values["title"],
        sha256=values["document_sha256"],
        customer_po=values["customer_po"],
        options=values["options"],
        quantities={row["line"]: row["quantity"] for row in values["quantities"]},
        ip=ip,
    )
    return accept_quotation(revision=revision, acceptance=wanted, by=None)


def _decline(revision: QuotationRevision, values: dict[str, Any], ip: str | None) -> Order:
    return reject_revision(
        revision=revision,
        lost_reason=values["reason"],
        text=values["text"],
        name=values["name"],
        by=None,
        ip=ip,
    )


def _shown(revision: QuotationRevision) -> Json:
    return {
        "revision": revision.letter,
        "status": revision.status,
        "sent_at": instant(revision.sent_at),
        "valid_until": day(revision.valid_until),
        "document_sha256": revision.sha256,
        "content": revision.content,
    }
