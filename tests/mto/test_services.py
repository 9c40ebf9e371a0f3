"""The services of a test run are real."""

import pytest
from django.db import connection

from mto.celery import app


@pytest.mark.django_db
def test_the_database_is_postgresql_18() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version_num")
        assert int(cursor.fetchone()[0]) >= 180000


def test_the_broker_answers_within_its_timeout() -> None:
    with app.connection_for_write() as broker:
        assert broker.default_channel.client.ping()


def test_a_message_is_taken_by_a_real_worker(worker: object) -> None:
    assert app.control.ping(timeout=5, limit=1)
