"""Submissions that are carried out once, however often they arrive."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, connection, transaction

from kernel.errors import Conflict, Refused
from orders.models import SubmissionOnce


@dataclass(frozen=True)
class Answer:
    """What a submission was answered with; `replayed` where it had been carried out before."""

    status: int
    body: Any
    replayed: bool = False


class KeyReused(Refused):
    """The same key came with another content."""

    status = 422


def fingerprint_of(content: object) -> str:
    """SHA-256 of what was sent, independent of the order of its keys."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def once(*, scope: str, key: str, fingerprint: str, act: Callable[[], Answer]) -> Answer:
    """Carry out `act` once for each (scope, key); a repeat gets the stored answer, marked as replayed.

    Key and effects are stored in one transaction: what is refused leaves no trace and may be tried again.
    A concurrent repeat waits for the first one. KeyReused (422) for another fingerprint, Conflict (409)
    where the first one is still at work after a few seconds, Refused for a key that is empty or too long.
    """
    if not key.strip() or len(key) > 80 or len(scope) > 80:
        raise Refused(
            "The submission key is missing or too long.", field="submission", remedy="Reload the page."
        )
    if not _claimed(scope, key, fingerprint):
        return _answer_before(scope, key, fingerprint)
    answer = act()
    SubmissionOnce.objects.filter(scope=scope, key=key).update(status=answer.status, body=answer.body)
    return answer


def _claimed(scope: str, key: str, fingerprint: str) -> bool:
    """Insert the key; waits while another transaction inserts the same one. False where it stands there."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO orders_submissiononce (scope, key, fingerprint, created_at) "
                "VALUES (%s, %s, %s, now()) ON CONFLICT (scope, key) DO NOTHING",
                [scope, key, fingerprint],
            )
            return bool(cursor.rowcount)
    except OperationalError as error:
        raise Conflict("The same submission is still being carried out.", remedy="Try again soon.") from error


def _answer_before(scope: str, key: str, fingerprint: str) -> Answer:
    stored = SubmissionOnce.objects.get(scope=scope, key=key)
    if stored.fingerprint != fingerprint:
        raise KeyReused("This key was used for another content.", field="submission", remedy="Use a new key.")
    return Answer(stored.status or 200, stored.body, replayed=True)
