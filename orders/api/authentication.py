"""API keys in `Authorization: Bearer …` or `X-API-Key`; no sessions, no cookies."""

from typing import cast

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from orders.models import ApiKey
from orders.services import authenticate_key


def key_of(request: Request) -> ApiKey:
    """The key a request came with; only after authentication and permission."""
    return cast(ApiKey, request.auth)


class KeyAuthentication(BaseAuthentication):
    """The caller is a program of one customer, known by its key; there is no user."""

    def authenticate(self, request: Request) -> tuple[AnonymousUser, ApiKey] | None:
        """None without any key; AuthenticationFailed for one that is unknown, expired or revoked."""
        scheme, _, text = str(request.META.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
        text = text if scheme else str(request.META.get("HTTP_X_API_KEY", ""))
        if not text.strip() and not scheme:
            return None
        key = authenticate_key(text=text.strip()) if scheme.lower() in ("", "bearer") else None
        if key is None:
            raise AuthenticationFailed("The API key is unknown, expired or revoked.")
        return AnonymousUser(), key

    def authenticate_header(self, request: Request) -> str:
        """What a 401 asks for."""
        error = ', error="invalid_token"' if request.META.get("HTTP_AUTHORIZATION") else ""
        return f'Bearer realm="orders"{error}'
