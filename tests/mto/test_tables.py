"""The tables are what the models say."""

import pytest
from django.apps import apps
from django.db import connection

pytestmark = pytest.mark.django_db


def test_every_constraint_and_index_of_the_models_stands_in_the_database() -> None:
    missing = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
            wanted = [one.name for one in (*model._meta.constraints, *model._meta.indexes)]
            missing += [f"{model._meta.db_table}.{name}" for name in wanted if name not in found]
    assert missing == []
