"""Who may use a route: every view declares a policy, and what declares none is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Policy:
    """Who may pass: anyone, API keys (checked by the API itself), or people with one of `roles`."""

    roles: frozenset[str] = frozenset()
    public: bool = False
    api: bool = False

    def admits(self, user: Any) -> bool:
        """True where the signed-in person holds one of the roles; administrators hold all of them."""
        held = set(getattr(user, "roles", ()) or ())
        return bool(held & self.roles) or "administrator" in held


def allow(*roles: str) -> Callable[[View], View]:
    """Declare that people with one of `roles` may use the view."""

    def declare(view: View) -> View:
        view.policy = Policy(roles=frozenset(roles))  # type: ignore[attr-defined]
        return view

    return declare


def public(view: View) -> View:
    """Declare that anyone may use the view."""
    view.policy = Policy(public=True)  # type: ignore[attr-defined]
    return view


def by_api_key(view: View) -> View:
    """Declare that the view checks API keys itself."""
    view.policy = Policy(api=True)  # type: ignore[attr-defined]
    return view


def policy_of(view: Callable[..., Any]) -> Policy | None:
    """The declared policy of a view, of the class behind it, or of the third-party package it comes from."""
    for candidate in (view, getattr(view, "view_class", None), getattr(view, "cls", None)):
        declared = getattr(candidate, "policy", None)
        if isinstance(declared, Policy):
            return declared
    module = str(getattr(view, "__module__", ""))
    for package, declared in settings.ACCESS_THIRD_PARTY.items():
        if module == package or module.startswith(f"{package}."):
            return Policy(public=True) if declared == "public" else Policy(roles=frozenset(declared))
    return None


class PolicyMiddleware:
    """Default deny: no declared policy, no answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Let the request pass, send a stranger to sign in, or refuse."""
        policy = policy_of(view)
        if policy is None:
            raise PermissionDenied(f"{request.path} declares no policy.")
        if policy.public or policy.api:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not policy.admits(request.user):
            raise PermissionDenied("Your roles do not include this page.")
        return None
