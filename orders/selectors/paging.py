"""Pages of long lists: the count is capped, so that the hundred-thousandth row costs nothing."""

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PAGE_SIZE = 50
COUNTED = 10_000

Stored = TypeVar("Stored")
Row = TypeVar("Row")


class CappedPaginator(Paginator[Any]):
    """Counts at most COUNTED rows; whoever needs what lies behind narrows the filter."""

    @cached_property
    def count(self) -> int:
        """The rows, or COUNTED where there are more."""
        rows = self.object_list
        return rows.order_by()[:COUNTED].count() if isinstance(rows, QuerySet) else len(rows)

    def page(self, number: int | str) -> Page[Any]:
        """The page; what stands before it is passed over by its ids, without a look at the wide rows."""
        number, rows = self.validate_number(number), self.object_list
        if number == 1 or not isinstance(rows, QuerySet):
            found: Page[Any] = super().page(number)
            return found
        first = (number - 1) * self.per_page
        ids = rows.values("pk")[first : min(first + self.per_page, self.count)]
        return Page(rows.filter(pk__in=ids), number, self)


def any_of(*found: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """The ids that any of these finds, of each the newest COUNTED, for `pk__in`.

    An OR over several tables can use none of their indexes.
    """
    first, *others = (rows.order_by("-pk").values("pk")[:COUNTED] for rows in found)
    return first.union(*others)


def page_of(
    found: QuerySet[Any, Stored],
    number: int | str,
    make_rows: Callable[[Sequence[Stored]], Sequence[Row]],
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """The page, or the nearest one that exists, read now and turned into rows."""
    page: Page[Any] = CappedPaginator(found, size).get_page(number)
    page.object_list = make_rows(list(page.object_list))
    return page
