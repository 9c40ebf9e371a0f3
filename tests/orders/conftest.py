"""The cast, and a browser for each of its members."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.cast import People, client_of, people


@pytest.fixture
def cast_of_people(db: None) -> People:
    """One person for each role, and people of two customers."""
    return people()


@pytest.fixture
def browser_of(cast_of_people: People) -> Callable[[str], Client]:
    """`browser_of("sales")`: a browser in which that role's person is signed in."""
    return lambda role: client_of(cast_of_people.stranger if role == "stranger" else cast_of_people[role])
