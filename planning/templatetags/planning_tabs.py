"""The tabs over every planning page."""

from typing import Any, Final, NamedTuple

from django import template
from django.urls import reverse

from orders.models import Role, User

register = template.Library()

PLANNERS: Final = (Role.PLANNER, Role.MANAGER)
READERS: Final = (*PLANNERS, Role.SALES, Role.BUYER)


class Tab(NamedTuple):
    """One tab: its name in templates, its word, the name of its route, and who may open it."""

    name: str
    word: str
    route: str
    roles: tuple[str, ...] = PLANNERS


TABS: Final = (
    Tab("home", "Today", "planning:home", READERS),
    Tab("board", "Board", "planning:board", READERS),
    Tab("decisions", "Decisions", "planning:decisions"),
    Tab("what-if", "What-if", "planning:what-if"),
    Tab("dispatch", "Dispatch", "planning:dispatch", READERS),
    Tab("calendars", "Calendars", "planning:calendars"),
    Tab("resources", "Resources", "planning:resources"),
    Tab("sheets", "Spreadsheets", "planning:sheets"),
    Tab("changes", "Changes", "planning:changes"),
)


@register.inclusion_tag("planning/_tabs.html", takes_context=True)
def planning_tabs(context: dict[str, Any], here: str) -> dict[str, Any]:
    """`{% planning_tabs "board" %}`: the pages this person may open."""
    user = context.get("user")
    mine = [tab for tab in TABS if isinstance(user, User) and user.has_role(*tab.roles)]
    return {"tabs": [(tab.word, reverse(tab.route), tab.name == here) for tab in mine]}
