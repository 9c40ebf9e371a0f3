"""Reads a JSON body that is small, well formed and storable, or says what is wrong with it."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

LARGEST_BODY = 1_000_000
DEEPEST = 20
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class BodyTooLarge(APIException):
    """More than one request may carry."""

    status_code = 413
    default_detail = f"The body is larger than {LARGEST_BODY:,} bytes."
    default_code = "too_large"


class StrictJsonParser(BaseParser):
    """UTF-8 JSON up to a size and depth; names stand once, texts can be stored."""

    media_type = "application/json"

    def parse(
        self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        """The value; ParseError with the place, BodyTooLarge before the body is read."""
        declared = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if int(declared) > LARGEST_BODY:
            raise BodyTooLarge
        body = stream.read(LARGEST_BODY + 1)
        if len(body) > LARGEST_BODY:
            raise BodyTooLarge
        return read_json(body)


def read_json(body: bytes) -> Any:
    """Parse; ParseError for anything that is not plain storable JSON."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise ParseError(f"The body is not JSON: {error.msg} ({place}).") from None
    except UnicodeDecodeError:
        raise ParseError("The body is not encoded in UTF-8.") from None
    except RecursionError:
        raise ParseError("The body is nested too deeply.") from None
    except ValueError as error:
        raise ParseError(f"The body is not JSON: {error}") from None
    _check(value)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"“{name[:40]}” stands there twice.")
        found[name] = value
    return found


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON number.")


def _check(value: Any) -> None:
    """Walk level by level: bounded depth, and no text that a database cannot hold."""
    level: list[Any] = [value]
    for _ in range(DEEPEST):
        if any(UNSTORABLE.search(part) for part in level if isinstance(part, str)):
            raise ParseError("A text holds a character that cannot be stored (NUL or half a surrogate pair).")
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return
    raise ParseError("The body is nested too deeply.")


def _parts(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    return value if isinstance(value, list) else ()
