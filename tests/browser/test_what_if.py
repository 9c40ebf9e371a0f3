"""The pages of what-ifs for axe and for narrow windows, with figures in them."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from orders.models import User
from planning import engine, services
from planning.models import Branch
from planning.selectors import minute_of
from planning.selectors.changes import Down, NewMachine
from tests.browser.axe import grave
from tests.planning.shop import build_shop, make_job, moves_to_planning

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> None:
    """As workers compile them when they start."""
    engine.warm_up()
    engine.warm_up_improvement()


@pytest.fixture
def pages(live_server: LiveServer, sign_in: Callable[[User], Page]) -> tuple[Page, list[str]]:
    """A planner's browser, and the addresses of the list, of a planned what-if and of a form."""
    shop, now = build_shop(), timezone.now()
    with transaction.atomic():
        services.plan_jobs(moves=moves_to_planning(make_job(shop, now=now), make_job(shop, now=now)), now=now)
    first = minute_of(now)
    down = Down(shop.machines["CUT-1"].id, first, first + 6 * 1440)
    more = NewMachine(shop.centres["FIT"].id, "FIT-9", "A bench with quite a long name")
    for name, changes in (("Saw breaks", [down]), ("A what-if with a long name of many words", [down, more])):
        branch = services.make_branch(name=name, by=None, changes=changes, now=now)
        services.plan_branch(branch_id=branch.id, now=now)
    page = sign_in(User.objects.create_user("planner@example.com", roles=["planner"]))
    one = Branch.objects.latest("id").get_absolute_url()
    addresses = ["/planning/what-if/", one, f"{one}add/rush-order/"]
    return page, [f"{live_server.url}{each}" for each in addresses]


@pytest.mark.parametrize("width", [1440, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_too_wide_and_axe_finds_nothing_serious(
    pages: tuple[Page, list[str]], width: int, scheme: str
) -> None:
    page, addresses = pages
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size({"width": width, "height": 900})
    for address in addresses:
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert grave(page) == []
