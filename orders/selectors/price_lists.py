"""Price lists and terms templates as their pages show them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet

from orders.models import ListPrice, PriceList, TermsTemplate
from orders.selectors.paging import page_of


def price_list_page(query: Mapping[str, str], day: date) -> Page[Any]:
    """Price lists by code with `products` (how many) and `standing` on that day; two statements."""
    words = query.get("q", "").strip()[:80]
    lists = PriceList.objects.select_related("group").annotate(products=Count("prices"))
    if words:
        lists = lists.filter(
            Q(code__icontains=words) | Q(name__icontains=words) | Q(group__name__icontains=words)
        )
    return page_of(
        lists.order_by("code"), query.get("page", "1"), lambda rows: [_standing(row, day) for row in rows]
    )


def price_list_by_code(code: str) -> PriceList | None:
    """A price list with its group."""
    return PriceList.objects.select_related("group").filter(code=code).first()


def prices_of(price_list: PriceList) -> QuerySet[ListPrice]:
    """What the list says, by product, with breaks and option prices; three statements."""
    rows = price_list.prices.select_related("product").prefetch_related("breaks", "options")
    return rows.order_by("product__code")


def terms_templates() -> QuerySet[TermsTemplate]:
    """Everybody's templates, then those of customers by name, with their plans; two statements."""
    rows = TermsTemplate.objects.select_related("customer").prefetch_related("payment_plan")
    return rows.order_by("customer__name", "language")


def _standing(row: PriceList, day: date) -> PriceList:
    over = row.valid_until is not None and row.valid_until < day
    row.standing = "ended" if over else "not yet in force" if row.valid_from > day else "in force"  # type: ignore[attr-defined]
    return row
