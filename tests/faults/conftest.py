"""Servers that may be killed."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.installation import Servers


@pytest.fixture(scope="package")
def servers() -> Iterator[Servers]:
    """PostgreSQL and Valkey of these tests alone, with the demo's master data in the template database."""
    with tempfile.TemporaryDirectory(prefix="mto-faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        with Servers(folder).running() as found:
            yield found
