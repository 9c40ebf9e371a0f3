"""What planners decided: every change with the way back."""

from django.conf import settings
from django.db import models


class PlanEdit(models.Model):
    """Some changes that were made together, in words and as they were sent, and those that undo them.

    An undo is an edit of its own, which names what it `undoes`; nothing is undone twice.
    """

    SHOWN = 5

    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()
    note = models.CharField(max_length=200, blank=True)
    changes = models.JSONField()
    inverse = models.JSONField()
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    moved = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.words.partition("\n")[0]

    @property
    def lines(self) -> list[str]:
        """Each change in words."""
        return self.words.split("\n")

    @property
    def more(self) -> int:
        """How many of them a list does not show."""
        return max(0, len(self.lines) - self.SHOWN)

    @property
    def is_undone(self) -> bool:
        """Whether another edit undid it."""
        return hasattr(self, "undone_by")
