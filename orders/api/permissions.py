"""What a key may do: views name a scope for each method, and what names none is refused."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from orders.models import ApiKey


class Deny(BasePermission):
    """The default of every API view: nobody."""

    message = "This address is not open to API keys."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Never."""
        return False


class HasScope(BasePermission):
    """The key carries the scope that the view's `scopes` names for the method."""

    message = ""

    def has_permission(self, request: Request, view: Any) -> bool:
        """False without a key, without the scope, and for a method that names no scope."""
        if not isinstance(request.auth, ApiKey):
            return False
        method = "GET" if request.method == "HEAD" else str(request.method)
        scope = view.scopes.get(method)
        if scope is None:
            # A method that does not exist is answered with 405, not with 403.
            return method == "OPTIONS" or not hasattr(view, method.lower())
        self.message = f"This key does not have the scope “{scope}”."
        return scope in request.auth.scopes
