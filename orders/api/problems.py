"""Every error as a problem (RFC 9457): what is wrong, where, and what to do about it."""

import logging
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.db import InterfaceError, OperationalError, connection
from django.http import Http404
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.response import Response

from kernel.errors import Refused
from orders.api.parsers import BodyTooLarge
from orders.services import InvalidInput, KeyReused

CONTENT_TYPE = "application/problem+json"
RETRY_SECONDS = "10"
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """One kind of problem with its page: `meaning` says when it occurs, `remedy` what to do."""

    slug: str
    status: int
    title: str
    meaning: str
    remedy: str


KINDS = (
    Kind(
        "malformed",
        400,
        "The request cannot be read",
        "The body is not JSON in UTF-8, or a header that is needed is missing or malformed.",
        "Correct the place named in “detail”.",
    ),
    Kind(
        "invalid",
        400,
        "Some of the input is not valid",
        "“errors” names every field with what is wrong and what would be right. Nothing was stored.",
        "Correct the fields and send the request again; the same Idempotency-Key may be used.",
    ),
    Kind(
        "unauthenticated",
        401,
        "A valid API key is needed",
        "There is no key in the request, or it is unknown, expired or revoked.",
        "Send “Authorization: Bearer mto_…”, or ask us for a new key.",
    ),
    Kind(
        "forbidden",
        403,
        "The key may not do this",
        "The key is valid, but does not carry the scope named in “detail”.",
        "Use a key with this scope, or ask us for one.",
    ),
    Kind(
        "not-found",
        404,
        "There is nothing here",
        "The address, number or code is unknown, or does not belong to the customer of the key.",
        "Check the number and the address.",
    ),
    Kind(
        "method-not-allowed",
        405,
        "The address does not know this method",
        "The header “Allow” names the methods it knows.",
        "Use one of the methods in “Allow”.",
    ),
    Kind(
        "not-acceptable",
        406,
        "Only JSON can be answered",
        "The header “Accept” excludes application/json.",
        "Accept application/json.",
    ),
    Kind(
        "conflict",
        409,
        "Something else happened first",
        "The same request is still being carried out, or what it refers to has changed meanwhile.",
        "Wait a moment, look again, then repeat what is still wanted.",
    ),
    Kind(
        "too-large",
        413,
        "The body is too large",
        "A request may carry one megabyte.",
        "Send several smaller requests.",
    ),
    Kind(
        "unsupported-media-type",
        415,
        "The body must be JSON",
        "The header “Content-Type” is missing or names something else.",
        "Send “Content-Type: application/json”.",
    ),
    Kind(
        "key-reused",
        422,
        "The Idempotency-Key was used for another request",
        "The same key came earlier with another body. Nothing was stored.",
        "Use a new key for a new request.",
    ),
    Kind(
        "too-many-requests",
        429,
        "Too many requests",
        "The key has used up its requests of this minute; “RateLimit” says how many there are.",
        "Wait for the seconds in “Retry-After”.",
    ),
    Kind(
        "internal",
        500,
        "Something went wrong on our side",
        "The fault is recorded under the reference in the answer. Nothing was stored.",
        "Try again; if it happens again, tell us the reference.",
    ),
    Kind(
        "unavailable",
        503,
        "The service is away for a moment",
        "The database does not answer.",
        "Try again after the seconds in “Retry-After”; with the same Idempotency-Key nothing happens twice.",
    ),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
BY_STATUS = {kind.status: kind for kind in reversed(KINDS)}


@dataclass(frozen=True)
class FieldError:
    """What is wrong at one place of the input, such as `lines[0].choices.CPU`."""

    field: str
    message: str
    remedy: str = ""

    def as_json(self) -> dict[str, str]:
        """As it stands in `errors`."""
        return {"field": self.field, "message": self.message, "remedy": self.remedy}


class Invalid(exceptions.APIException):
    """Input with faults, each at its field."""

    status_code = 400

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__()
        self.errors = tuple(errors)


def problem_body(kind: Kind, detail: str = "", errors: Sequence[FieldError] = (), **more: str) -> Any:
    """The body: type, title, status, detail, remedy, errors and what else is known."""
    return {
        "type": reverse("api:problem", args=[kind.slug]),
        "title": kind.title,
        "status": kind.status,
        "detail": detail or kind.meaning,
        "remedy": more.pop("remedy", "") or kind.remedy,
        "errors": [error.as_json() for error in errors],
        **more,
    }


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response:
    """The answer for every exception of an API view; what nobody expected is recorded and numbered."""
    if isinstance(exc, OperationalError | InterfaceError):
        logger.error("the database is away: %s", exc)
        connection.close()
        return _respond(problem_body(BY_STATUS[503]), {"Retry-After": RETRY_SECONDS})
    if not isinstance(exc, exceptions.APIException | Refused | Http404 | DjangoPermissionDenied):
        reference = secrets.token_hex(6)
        logger.error("API request failed, reference %s", reference, exc_info=exc)
        return _respond(problem_body(BY_STATUS[500], reference=reference))
    return _respond(_expected(exc), _headers(exc))


def _respond(body: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(body, status=body["status"], headers=dict(headers or {}), content_type=CONTENT_TYPE)


def _headers(exc: Exception) -> dict[str, str]:
    headers = {}
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = str(challenge)
    if isinstance(exc, exceptions.Throttled):
        headers["Retry-After"] = str(int(getattr(exc, "wait", None) or 1))
    return headers


def _expected(exc: Exception) -> Any:
    """The body for an error somebody raised on purpose."""
    match exc:
        case Invalid():
            return _invalid(exc.errors)
        case exceptions.ValidationError():
            return _invalid(list(_flat(exc.detail)))
        case InvalidInput():
            return _invalid([public_error(p.field, p.message, p.remedy) for p in exc.problems])
        case KeyReused():
            return problem_body(BY_SLUG["key-reused"])
        case Refused() if exc.status == 400:
            return _invalid([public_error(exc.field, exc.message, exc.remedy)])
        case Refused():
            return problem_body(_kind(exc.status), exc.message, remedy=exc.remedy)
        case exceptions.ParseError() | exceptions.PermissionDenied() | exceptions.AuthenticationFailed():
            return problem_body(_kind(exc.status_code), str(exc.detail))
        case BodyTooLarge() | exceptions.APIException():
            return problem_body(_kind(exc.status_code))
    return problem_body(_kind(403 if isinstance(exc, DjangoPermissionDenied) else 404))


def _kind(status: int) -> Kind:
    """400 as such means that the request could not be read."""
    return BY_STATUS.get(status, BY_STATUS[400])


def _invalid(errors: Sequence[FieldError]) -> Any:
    first = errors[0]
    more = f" There {'is 1 more' if len(errors) == 2 else f'are {len(errors) - 1} more'} below."
    where = f"{first.field}: " if first.field else ""
    detail = f"{where}{first.message}{more if len(errors) > 1 else ''}"
    return problem_body(BY_SLUG["invalid"], detail, errors)


# --- places and words of field errors ---

REMEDIES = {
    "required": "Add it.",
    "null": "Give a value, or leave it out.",
    "blank": "Give a value, or leave it out.",
    "empty": "Give at least one.",
    "not_a_list": "Give a list.",
    "not_a_dict": "Give an object of names and values.",
    "unknown": "Correct or remove it.",
}
LINE_NUMBER = re.compile(r"^lines\.(\d+)")
WHOLE_LINE = re.compile(r"lines\[\d+\]")


def public_error(field: str, message: str, remedy: str) -> FieldError:
    """A refusal of a service at its field; faults of the product model stay inside."""
    place = LINE_NUMBER.sub(r"lines[\1]", field)
    if WHOLE_LINE.fullmatch(place):
        return FieldError(place, "This configuration cannot be quoted automatically.", "Ask us for a quote.")
    return FieldError(place, message, remedy)


def _flat(detail: Any, place: str = "") -> Iterator[FieldError]:
    """The nested errors of a serializer as a list with paths."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            yield from _flat(inner, _inside(place, str(name)))
    elif isinstance(detail, list):
        yield from _flat_list(detail, place)
    else:
        yield FieldError(place, str(detail), REMEDIES.get(getattr(detail, "code", ""), "Correct it."))


def _flat_list(details: Iterable[Any], place: str) -> Iterator[FieldError]:
    for index, inner in enumerate(details):
        numbered = f"{place}[{index}]" if isinstance(inner, Mapping) else place
        yield from _flat(inner, numbered)


def _inside(place: str, name: str) -> str:
    if name == "non_field_errors":
        return place
    if name.isdigit() and place == "lines":
        return f"lines[{name}]"
    return f"{place}.{name}" if place else name
