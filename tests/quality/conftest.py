"""A small shop with jobs to inspect."""

import pytest
from django.test import Client

from orders.models import User
from tests.planning.shop import Shop, build_shop


@pytest.fixture
def shop(db: None) -> Shop:
    """Two cutting and two fitting machines on one day shift."""
    return build_shop()


@pytest.fixture
def ines(db: None) -> User:
    """An inspector."""
    return User.objects.create_user("ines@example.com", "x", first_name="Ines", roles=["inspector"])


@pytest.fixture
def tablet(client: Client, ines: User) -> Client:
    """Ines' tablet."""
    client.force_login(ines)
    return client
