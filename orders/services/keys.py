"""Customers' API keys: made, revoked, checked. Only a hash of the secret is stored."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q

from kernel import clock
from kernel.errors import Refused
from kernel.queries import Statement
from orders.models import ApiKey, Customer, User

SCOPES = ("orders:read", "orders:write", "products:read")
PATTERN = re.compile(r"(mto_[A-Za-z0-9]{8})_([A-Za-z0-9_-]{43})")
LIFETIME = timedelta(days=365)
LONGEST_LIFETIME = timedelta(days=3 * 365)
USE_NOTED_EVERY = timedelta(minutes=1)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

KEY: Final = Statement(lambda prefix: ApiKey.objects.select_related("customer").filter(prefix=prefix), str)


def create_api_key(
    *,
    customer: Customer,
    name: str,
    scopes: Collection[str] = SCOPES,
    by: User | None = None,
    expires_at: datetime | None = None,
    now: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and its text `mto_<8>_<43>`, which is shown once and cannot be read again.

    It expires after a year unless said otherwise (three years at most). Refused for an unknown scope,
    an empty name or an expiry that is past.
    """
    now = now or clock.now()
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        named = f"Unknown scope {unknown[0]!r}." if unknown else "No scope is given."
        raise Refused(named, field="scopes", remedy=f"Scopes are {', '.join(SCOPES)}.")
    if not name.strip() or len(name.strip()) > 80:
        raise Refused("The name is missing or too long.", field="name", remedy="Give 1 to 80 characters.")
    expires_at = expires_at or now + LIFETIME
    if not now < expires_at <= now + LONGEST_LIFETIME:
        raise Refused(
            "The expiry is not usable.", field="expires_at", remedy="Give a day within three years."
        )
    prefix = "mto_" + "".join(secrets.choice(ALPHABET) for _ in range(8))
    secret = secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        customer=customer,
        name=name.strip(),
        prefix=prefix,
        secret_sha256=_hash(secret),
        scopes=sorted(set(scopes)),
        created_by=by,
        expires_at=expires_at,
    )
    return key, f"{prefix}_{secret}"


def revoke_api_key(*, key: ApiKey, now: datetime | None = None) -> bool:
    """End a key for ever; False where it had ended before."""
    return bool(ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now or clock.now()))


def authenticate_key(*, text: str, now: datetime | None = None) -> ApiKey | None:
    """The live key with its customer for the text sent, or None; one statement, one more each minute.

    Takes the same time for a wrong prefix as for a wrong secret.
    """
    now = now or clock.now()
    parts = PATTERN.fullmatch(text)
    prefix, secret = parts.groups() if parts else ("", "")
    key = KEY.first(prefix)
    same = hmac.compare_digest(_hash(secret), key.secret_sha256 if key else _hash("nothing"))
    if key is None or not same or key.revoked_at or key.expires_at <= now or not key.customer.active:
        return None
    _note_use(key, now)
    return key


def _note_use(key: ApiKey, now: datetime) -> None:
    """At most once a minute, and never twice at the same time."""
    before = now - USE_NOTED_EVERY
    if key.last_used_at is None or key.last_used_at < before:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=before)
        ApiKey.objects.filter(stale, pk=key.pk).update(last_used_at=now)
        key.last_used_at = now


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
