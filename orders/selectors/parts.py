"""Items and processes by what was typed of them, for fields that name one."""

from django.db.models import Q

from orders.models import Item, Process

MOST = 12


def items_like(words: str) -> list[tuple[str, str]]:
    """Items whose number or description holds the words: number and description; one statement."""
    found = Item.objects.filter(Q(number__icontains=words) | Q(description__icontains=words))
    return list(found.order_by("number").values_list("number", "description")[:MOST])


def processes_like(words: str) -> list[tuple[str, str]]:
    """Processes whose code or name holds the words; one statement."""
    found = Process.objects.filter(Q(code__icontains=words) | Q(name__icontains=words))
    return list(found.order_by("code").values_list("code", "name")[:MOST])
