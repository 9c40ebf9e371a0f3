"""What if a supplier fails: the form, and from there to planning's what-ifs."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from kernel.access import allow
from kernel.htmx import redirect_or_htmx, render_page, status_of
from planning.models import Branch
from procurement import selectors, services
from procurement.forms import FailingForm
from procurement.models import Supplier
from procurement.views.common import TRIERS, attempt, found, person


@allow(*TRIERS)
@require_http_methods(["GET", "POST"])
def what_if(request: HttpRequest, code: str) -> HttpResponse:
    """How much later its material would come; what that does is planned as a what-if."""
    supplier = found(selectors.supplier_by_code(code), f"supplier {code}")
    form = FailingForm(request.POST or None)
    made: list[Branch] = []
    if form.is_valid() and attempt(form, lambda: made.append(_tried(request, supplier, form))):
        return redirect_or_htmx(request, made[0].get_absolute_url())
    context = {"supplier": supplier, "form": form, "waiting": len(selectors.awaited_from(supplier))}
    return render_page(request, "procurement/supplier_what_if.html", context, status=status_of(form))


def _tried(request: HttpRequest, supplier: Supplier, form: FailingForm) -> Branch:
    return services.try_without(supplier=supplier, by=person(request), **form.cleaned_data)
