"""Every app's addresses, included by name."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from mto.health import healthz

handler500 = "mto.outage.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", healthz),
    path("", include("kernel.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("", include("orders.urls")),
    path("planning/", include("planning.urls")),
    path("procurement/", include("procurement.urls")),
    path("production/", include("production.urls")),
    path("quality/", include("quality.urls")),
    path("logistics/", include("logistics.urls")),
    path("api/v1/", include("orders.api_urls")),
]
