"""API keys of customers: made (the secret is shown once), revoked."""

from datetime import datetime, time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import add_refusal, redirect_or_htmx, render_page, status_of
from orders.forms.keys import ApiKeyForm
from orders.models import ApiKey, Role
from orders.selectors.parties import api_keys
from orders.services import create_api_key, revoke_api_key
from orders.views.people import person


@allow(Role.MANAGER)
@never_cache
@require_http_methods(["GET", "POST"])
def keys(request: HttpRequest) -> HttpResponse:
    """All keys and the form for another; after it is made, its text is shown this one time."""
    initial = {"customer": request.GET.get("customer")}
    form = ApiKeyForm(request.POST or None, initial=initial)
    made = _create(request, form) if request.method == "POST" and form.is_valid() else None
    status = status_of(form)
    if made:
        form = ApiKeyForm()
    context = {"form": form, "keys": api_keys()[:200], "made": made, "now": timezone.now()}
    return render_page(request, "orders/api_keys.html", context, status=status)


def _create(request: HttpRequest, form: ApiKeyForm) -> tuple[ApiKey, str] | None:
    data = form.cleaned_data
    until = data["expires_on"]
    zone = timezone.get_default_timezone()
    try:
        return create_api_key(
            customer=data["customer"],
            name=data["name"],
            scopes=data["scopes"],
            by=person(request),
            expires_at=datetime.combine(until, time.max, zone) if until else None,
        )
    except Refused as refusal:
        refusal.field = {"expires_at": "expires_on"}.get(refusal.field, refusal.field)
        add_refusal(form, refusal)
        return None


@allow(Role.MANAGER)
@require_POST
def revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    """End a key for ever."""
    key = api_keys().filter(pk=key_id).first()
    if key is None:
        raise Http404("There is no such key.")
    if revoke_api_key(key=key):
        messages.success(request, f"Key {key.prefix}… of {key.customer} is revoked.")
    else:
        messages.info(request, f"Key {key.prefix}… had been revoked before.")
    return redirect_or_htmx(request, reverse("orders:api-keys"))
