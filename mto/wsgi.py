"""What the web server loads."""

import gc

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from mto.settings.env import choose_settings

choose_settings("mto.settings.local")

application = get_wsgi_application()
# Every view is loaded now, not by the first request; and what stays for ever is never collected again:
# looking through all of it would stall a request for a tenth of a second now and then.
get_resolver().url_patterns  # noqa: B018
gc.collect()
gc.freeze()
