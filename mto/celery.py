"""The Celery app: messages are wake-ups only, the truth stands in PostgreSQL."""

from typing import Any

from celery import Celery
from celery.signals import celeryd_init

from mto.settings.env import choose_settings

choose_settings("mto.settings.local")

app = Celery("mto")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@celeryd_init.connect
def wait_longer_than_a_web_request(conf: Any, **_: Any) -> None:
    """A worker's blocking pop lasts a second, so its socket must wait longer than the publishing side's."""
    conf.broker_transport_options = {
        **conf.broker_transport_options,
        "socket_timeout": 5,
        "socket_connect_timeout": 2,
    }
