"""Addresses of the kernel's own pages."""

from django.urls import path

from kernel.views import styleguide

app_name = "kernel"
urlpatterns = [path("styleguide", styleguide, name="styleguide")]
