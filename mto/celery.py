"""The Celery app: messages are wake-ups only, the truth stands in PostgreSQL."""

from typing import Any

from celery import Celery
from celery.signals import celeryd_init, task_prerun
from django.db import close_old_connections

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


@task_prerun.connect
def renew_connections(**_: Any) -> None:
    """As before a web request: what is too old, or broken since PostgreSQL restarted, is opened anew."""
    close_old_connections()
