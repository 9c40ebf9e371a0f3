"""What the web server loads."""

from django.core.wsgi import get_wsgi_application

from mto.settings.env import choose_settings

choose_settings("mto.settings.local")

application = get_wsgi_application()
