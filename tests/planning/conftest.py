"""The small shop as a fixture."""

import pytest

from tests.planning.shop import Shop, build_shop


@pytest.fixture
def shop(db: None) -> Shop:
    """Two cutting and two fitting machines on one day shift."""
    return build_shop()
