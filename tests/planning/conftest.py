"""The small shop as a fixture."""

import pytest

from planning import engine
from tests.planning.shop import Shop, build_shop


@pytest.fixture(scope="session")
def kernels() -> None:
    """Compiled as in workers: not while a transaction is open."""
    engine.warm_up()
    engine.warm_up_improvement()


@pytest.fixture
def shop(kernels: None, db: None) -> Shop:
    """Two cutting and two fitting machines on one day shift."""
    return build_shop()
