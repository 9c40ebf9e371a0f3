"""How the API describes itself: the key, the problems, the headers, the examples (OpenAPI 3.1)."""

import json
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from orders.api.problems import BY_SLUG, CONTENT_TYPE, Kind
from orders.api.serializers import Problem

ALWAYS = ("unauthenticated", "forbidden", "not-acceptable", "too-many-requests", "internal", "unavailable")
BODY = ("malformed", "invalid", "too-large", "unsupported-media-type")
EXAMPLE_ERROR = {
    "field": "lines[0].choices.CPU",
    "message": "280 W needs the 360 mm radiator.",
    "remedy": "Choose Cooling: 360 mm radiator.",
}


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """One key, in either of two headers."""

    target_class = "orders.api.authentication.KeyAuthentication"
    name = ["bearer", "header"]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[Any]]]:
        """Either of them."""
        return [{"bearer": []}, {"header": []}]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, Any]]:
        """Where the key stands and how it looks."""
        words = "Your API key, `mto_` followed by 8 and 43 characters."
        return [
            {"type": "http", "scheme": "bearer", "bearerFormat": "mto_…", "description": words},
            {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": words},
        ]


def readable(shape: Any, *slugs: str) -> dict[Any, Any]:
    """The answers of an operation that reads: 200 with this shape, 304, problems."""
    return responses({200: shape, 304: OpenApiResponse(description="What you have is current.")}, *slugs)


def responses(success: dict[int, Any], *slugs: str) -> dict[Any, Any]:
    """The answers of an operation: the good ones, those every operation has, and these problems."""
    kinds = sorted({*ALWAYS, *slugs}, key=lambda slug: BY_SLUG[slug].status)
    by_status: dict[int, list[Kind]] = {}
    for slug in kinds:
        by_status.setdefault(BY_SLUG[slug].status, []).append(BY_SLUG[slug])
    found: dict[Any, Any] = dict(success)
    found |= {(status, CONTENT_TYPE): _problem(kinds) for status, kinds in by_status.items()}
    return found


def reading(*slugs: str) -> list[OpenApiParameter]:
    """The headers of an operation that reads."""
    known = OpenApiParameter(
        "If-None-Match",
        str,
        OpenApiParameter.HEADER,
        description="An ETag you have: the answer is 304 without a body while nothing changed.",
    )
    return [known, _header("ETag", "Strong validator of this answer.", 200), *limits(200)]


def limits(status: int) -> list[OpenApiParameter]:
    """The headers that say how much a key may still do."""
    retry = _header("Retry-After", "Seconds until the next try.", 429, 503)
    challenge = _header("WWW-Authenticate", "How to authenticate.", 401)
    left = _header("RateLimit", 'What is left: `"read";r=599;t=42`.', status, 429)
    policy = _header("RateLimit-Policy", 'The limit: `"read";q=600;w=60`.', status, 429)
    return [left, policy, retry, challenge]


def idempotent(status: int = 201) -> list[OpenApiParameter]:
    """The headers of an operation that is carried out once; one that creates says where."""
    key = OpenApiParameter(
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
        OpenApiParameter.HEADER,
        required=True,
        description="New for every request, the same for its repeats; a UUID is good.",
    )
    location = _header("Location", "Where the request stands from now on.", 201)
    replayed = _header("Idempotent-Replayed", "`true` where this is the answer of the first time.", status)
    return [key, *([location] if status == 201 else []), replayed, *limits(status)]


def drop_slashed(endpoints: list[Any]) -> list[Any]:
    """Every address works with a slash at the end too; the schema names it once."""
    return [endpoint for endpoint in endpoints if not endpoint[0].endswith("/")]


@cache
def schema_json() -> bytes:
    """The description as JSON, made once per process."""
    generator = SchemaGenerator()  # type: ignore[no-untyped-call]
    schema = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(schema, ensure_ascii=False, default=str).encode()


def _header(name: str, description: str, *statuses: int) -> OpenApiParameter:
    return OpenApiParameter(
        name, str, OpenApiParameter.HEADER, description=description, response=list(statuses)
    )


def _problem(kinds: list[Kind]) -> OpenApiResponse:
    words = "; ".join(f"{kind.title} ({kind.slug})" for kind in kinds)
    return OpenApiResponse(Problem, description=words, examples=[_example(kind) for kind in kinds])


def _example(kind: Kind) -> OpenApiExample:
    body = {
        "type": f"/api/v1/problems/{kind.slug}",
        "title": kind.title,
        "status": kind.status,
        "detail": kind.meaning,
        "remedy": kind.remedy,
        "errors": [EXAMPLE_ERROR] if kind.slug == "invalid" else [],
    }
    if kind.slug == "internal":
        body["reference"] = "9f2c51d07ab4"
    return OpenApiExample(
        kind.title, value=body, media_type=CONTENT_TYPE, response_only=True, status_codes=[str(kind.status)]
    )
