"""Pages of the kernel itself: the living style guide."""

from django.http import HttpRequest, HttpResponse

from kernel.access import allow
from kernel.htmx import render_page
from kernel.showcase import samples


@allow("manager")
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component with sample data, in both themes."""
    return render_page(request, "kernel/styleguide.html", samples(request.GET), partial="list")
