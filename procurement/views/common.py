"""What the pages of procurement share."""

from collections.abc import Callable
from typing import TypeVar

from django.forms import Form
from django.http import Http404, HttpRequest
from django.utils.datastructures import MultiValueDict

from kernel.errors import Refused
from kernel.htmx import add_refusal
from orders.models import Role, User

Thing = TypeVar("Thing")
BUYERS = (Role.BUYER, Role.MANAGER)
READERS = (*BUYERS, Role.PLANNER)
TRIERS = (Role.PLANNER, Role.MANAGER)
RECEIVERS = (*BUYERS, Role.SHIPPER)
KEEPERS = (*READERS, Role.SALES, Role.OPERATOR, Role.INSPECTOR, Role.SHIPPER)


def person(request: HttpRequest) -> User | None:
    """Who asks."""
    return request.user if isinstance(request.user, User) else None


def may_buy(request: HttpRequest) -> bool:
    """Whether the person may change purchase orders and see costs."""
    user = person(request)
    return user is not None and user.has_role(*BUYERS)


def may_try(request: HttpRequest) -> bool:
    """Whether the person may try what-ifs."""
    user = person(request)
    return user is not None and user.has_role(*TRIERS)


def text_of(values: MultiValueDict[str, str], name: str) -> str:
    """A query parameter as text that the database can look for."""
    return (values.get(name) or "").replace("\x00", "").strip()[:100]


def attempt(form: Form, act: Callable[[], object]) -> bool:
    """Do it, or say at the field why not."""
    try:
        act()
    except Refused as refusal:
        add_refusal(form, refusal)
        return False
    return True


def found(thing: Thing | None, what: str) -> Thing:
    """The thing, or 404."""
    if thing is None:
        raise Http404(f"There is no {what}.")
    return thing


def any_target(request: HttpRequest, partial: str) -> dict[str, str]:
    """Serve the partial to whatever element htmx fills: other stages choose where our panels stand."""
    details = getattr(request, "htmx", None)
    target = details.target if details else None
    return {target: partial} if target else {}
