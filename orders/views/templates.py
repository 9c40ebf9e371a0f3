"""Terms templates: what quotations say of payment and delivery unless they say something else."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kernel.access import allow
from kernel.errors import Refused
from kernel.htmx import INVALID, redirect_or_htmx, render_page
from orders.forms.terms import PlanFormSet, TemplateForm, place_refusal, plan_initial
from orders.models import Role, TermsTemplate
from orders.selectors.frame import route
from orders.selectors.price_lists import terms_templates
from orders.selectors.quotations import plan_of
from orders.services import keep_template, remove_template
from orders.views.people import person

READERS, WRITERS = (Role.SALES, Role.MANAGER), (Role.MANAGER,)


@allow(*READERS)
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """All templates: everybody's by language, then those of customers."""
    context = {"templates": terms_templates(), "may_write": person(request).has_role(*WRITERS)}
    return render_page(request, "orders/terms_templates.html", context)


@allow(*WRITERS)
@require_http_methods(("GET", "POST"))
def new_template(request: HttpRequest) -> HttpResponse:
    """Another template."""
    return _edited(request, None)


@allow(*WRITERS)
@require_http_methods(("GET", "POST"))
def template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Change a template; what was sent keeps its terms."""
    return _edited(request, _template(template_id))


@allow(*WRITERS)
@require_POST
def drop_template(request: HttpRequest, template_id: int) -> HttpResponse:
    """Take a template away."""
    found = _template(template_id)
    messages.success(request, f"{found} are removed. What was sent keeps them.")
    remove_template(template=found)
    return redirect_or_htmx(request, route("orders:templates"))


def _template(template_id: int) -> TermsTemplate:
    found = terms_templates().filter(pk=template_id).first()
    if found is None:
        raise Http404("There are no such terms.")
    return found


def _edited(request: HttpRequest, found: TermsTemplate | None) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = TemplateForm(data, template=found)
    plan = PlanFormSet(data, initial=plan_initial(plan_of(found)) if found else None, prefix="plan")
    if data is not None and form.is_valid() and plan.is_valid():
        customer = found.customer if found else form.cleaned_data["customer"]
        language = found.language if found else form.cleaned_data["language"]
        try:
            kept = keep_template(customer=customer, language=language, terms=form.wanted(plan))
        except Refused as refusal:
            place_refusal(form, plan, refusal)
        else:
            messages.success(request, f"{kept} are saved. Quotations sent from now on have them.")
            return redirect_or_htmx(request, route("orders:templates"))
    context = {"template": found, "form": form, "plan": plan}
    return render_page(
        request, "orders/terms_template.html", context, status=200 if data is None else INVALID
    )
