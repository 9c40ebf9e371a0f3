"""Master data of the production stage."""

from django.contrib import admin

from production.models import ScrapReason


@admin.register(ScrapReason)
class ScrapReasonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """Why parts may be scrapped."""

    list_display = ("code", "label")
    search_fields = ("code", "label")
