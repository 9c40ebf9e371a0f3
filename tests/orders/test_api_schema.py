"""The description of the API is valid, complete and true."""

import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from drf_spectacular.validation import validate_schema
from jsonschema import Draft202012Validator

from orders.api_urls import urlpatterns
from orders.services import LineInput, Paper, add_documents, add_milestones
from tests.orders import cast
from tests.orders.program import API, Program, place, wish

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return dict(json.loads(Client().get(f"{API}/schema/").content))


def described(schema: dict[str, Any], path: str, method: str, answer: Any) -> None:
    """The answer is one the schema describes: status, media type, and exactly its fields."""
    operation = schema["paths"][f"{API}{path}"][method]
    response = operation["responses"][str(answer.status_code)]
    media = response["content"][answer["Content-Type"]]["schema"]
    validator = Draft202012Validator({**media, "components": closed(schema)["components"]})
    assert [error.message for error in validator.iter_errors(answer.json())] == []
    promised = {name for name in response.get("headers", {}) if name not in ("Idempotent-Replayed",)}
    assert promised - set(answer.headers) == set()


def closed(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, with no other names allowed than those it has."""
    found: dict[str, Any] = json.loads(json.dumps(schema))
    for component in found["components"]["schemas"].values():
        if "properties" in component:
            component["additionalProperties"] = False
    return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_the_command_finds_nothing_to_warn_of() -> None:
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=StringIO(), stderr=StringIO())


def test_it_is_valid_openapi_3_1(schema: dict[str, Any]) -> None:
    validate_schema(schema)
    assert schema["openapi"].startswith("3.1")


def test_it_needs_no_key_and_is_not_sent_twice() -> None:
    first = Client().get(f"{API}/schema/")
    assert first["Content-Type"] == "application/vnd.oai.openapi+json; version=3.1"
    assert Client(headers={"If-None-Match": first["ETag"]}).get(f"{API}/schema/").status_code == 304


def test_every_address_for_keys_is_described(schema: dict[str, Any]) -> None:
    keyed = {pattern.name for pattern in urlpatterns if pattern.name} - {"schema", "docs", "problem"}
    assert len(schema["paths"]) == len(keyed) == 9


def test_every_operation_names_key_problems_and_limits(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        assert operation["security"] == [{"bearer": []}, {"header": []}], path
        assert {"401", "403", "406", "429", "500", "503"} <= set(operation["responses"]), path
        for status, response in operation["responses"].items():
            if int(status) >= 400:
                assert list(response["content"]) == ["application/problem+json"], (path, status)
                assert response["content"]["application/problem+json"]["examples"], (path, status)


def test_reading_answers_are_as_described(schema: dict[str, Any]) -> None:
    program, product = Program(), cast.published_desk()
    order = program.confirmed(LineInput(product, 1), LineInput(product, 2))
    add_milestones(lines=[order.lines.first()], code="news", text="Something new")
    add_documents(papers=[Paper("d", order.lines.first(), "Note", "Note", "/n", for_customer=True)])
    place(order, "delivered")
    program.quoted(product=product)
    described(schema, "/orders", "get", program.get("/orders"))
    described(schema, "/orders/{reference}", "get", program.get(f"/orders/{order.number}"))
    described(schema, "/orders/{reference}/events", "get", program.get(f"/orders/{order.number}/events"))
    described(schema, "/products", "get", program.get("/products?limit=1"))
    described(schema, "/products/{code}", "get", program.get(f"/products/{product.code}"))


def test_posting_answers_are_as_described(schema: dict[str, Any]) -> None:
    program, product = Program(), cast.published_desk()
    described(schema, "/orders", "post", program.request(wish(product), "k"))
    described(schema, "/orders", "post", program.request({}, "other"))
    described(schema, "/orders", "post", program.request(wish(product, note="x"), "k"))
    address = f"/products/{product.code}/configure"
    described(schema, "/products/{code}/configure", "post", program.post(address, {}))
    broken = program.post(address, {"choices": {"TOP": "STEEL", "NONE": 1}})
    described(schema, "/products/{code}/configure", "post", broken)


def test_problems_are_as_described(schema: dict[str, Any]) -> None:
    program = Program(scopes=("orders:read",))
    described(schema, "/orders/{reference}", "get", program.get("/orders/SO-1"))
    described(schema, "/orders", "get", program.get("/orders?limit=0"))
    described(schema, "/orders", "get", program.get("/orders", Accept="text/html"))
    described(schema, "/products", "get", program.get("/products"))
    described(schema, "/orders", "get", Client().get(f"{API}/orders"))


def test_examples_of_requests_are_valid(schema: dict[str, Any]) -> None:
    for path, _method, operation in operations(schema):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in content.get("examples", {}).values():
            validator = Draft202012Validator(
                {**content["schema"], "components": closed(schema)["components"]}
            )
            assert [error.message for error in validator.iter_errors(example["value"])] == [], path
