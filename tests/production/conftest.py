"""A small shop with jobs on its floor."""

import pytest
from django.test import Client

from orders.models import User
from production.models import ScrapReason
from tests.planning.shop import Shop, build_shop


@pytest.fixture
def shop(db: None) -> Shop:
    """Two cutting and two fitting machines on one day shift."""
    return build_shop()


@pytest.fixture
def olga(db: None) -> User:
    """An operator."""
    return User.objects.create_user("olga@example.com", "x", first_name="Olga", roles=["operator"])


@pytest.fixture
def planner(db: None) -> User:
    """A planner."""
    return User.objects.create_user("paul@example.com", "x", first_name="Paul", roles=["planner"])


@pytest.fixture
def dropped(db: None) -> ScrapReason:
    """A reason to scrap a piece."""
    return ScrapReason.objects.create(code="DROP", label="Dropped")


@pytest.fixture
def tablet(client: Client, olga: User) -> Client:
    """Olga's tablet."""
    client.force_login(olga)
    return client
