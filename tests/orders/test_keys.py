"""API keys: shown once, stored as a hash, bound to one customer, ended by time or by hand."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.errors import Refused
from orders import services
from orders.models import ApiKey
from tests.orders import cast

pytestmark = pytest.mark.django_db


def made(**more: object) -> tuple[ApiKey, str]:
    return services.create_api_key(customer=cast.customer(), name="ERP", now=cast.NOW, **more)


def test_the_secret_is_shown_once_and_stored_as_a_hash() -> None:
    key, text = made()
    assert re.fullmatch(r"mto_[A-Za-z0-9]{8}_[A-Za-z0-9_-]{43}", text)
    secret = text.removeprefix(f"{key.prefix}_")
    assert secret not in str(ApiKey.objects.values().get())
    assert len(key.secret_sha256) == 64


def test_the_right_text_gives_the_key_with_its_customer() -> None:
    key, text = made()
    found = services.authenticate_key(text=text, now=cast.NOW)
    assert (found, found.customer, found.scopes) == (key, key.customer, sorted(services.SCOPES))


@pytest.mark.parametrize(
    "damage",
    [
        lambda t: t[:-1],
        lambda t: t[:-1] + ("A" if t[-1] != "A" else "B"),
        lambda t: t.upper(),
        lambda t: "",
        lambda t: t + "x",
    ],
)
def test_any_other_text_gives_nothing(damage: object) -> None:
    _, text = made()
    assert services.authenticate_key(text=damage(text), now=cast.NOW) is None


def test_a_revoked_key_is_dead() -> None:
    key, text = made()
    assert services.revoke_api_key(key=key)
    assert not services.revoke_api_key(key=key)
    assert services.authenticate_key(text=text, now=cast.NOW) is None


def test_an_expired_key_and_an_inactive_customers_key_are_dead() -> None:
    key, text = made()
    assert services.authenticate_key(text=text, now=cast.NOW + timedelta(days=366)) is None
    key.customer.active = False
    key.customer.save()
    assert services.authenticate_key(text=text, now=cast.NOW) is None


def test_last_use_is_noted_at_most_once_a_minute() -> None:
    _, text = made()
    for second, expected in ((0, 2), (30, 1), (61, 2)):
        with CaptureQueriesContext(connection) as statements:
            services.authenticate_key(text=text, now=cast.NOW + timedelta(seconds=second))
        assert len(statements) == expected
    assert ApiKey.objects.get().last_used_at == cast.NOW + timedelta(seconds=61)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"scopes": ["orders:delete"]}, "scopes"),
        ({"scopes": []}, "scopes"),
        ({"expires_at": cast.NOW}, "expires_at"),
        ({"expires_at": cast.NOW + timedelta(days=2000)}, "expires_at"),
    ],
)
def test_what_is_wrong_with_a_key_stands_at_its_field(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Refused) as caught:
        made(**wrong)
    assert caught.value.field == field
