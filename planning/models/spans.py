"""Stretches in which something or somebody is not as the calendar says."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Span(models.Model):
    """From when until when, who said so, when, and why."""

    starts = models.DateTimeField()
    ends = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ("starts", "id")
        constraints: ClassVar[tuple[models.BaseConstraint, ...]] = (
            models.CheckConstraint(name="%(class)s_ends_after_start", condition=Q(ends__gt=F("starts"))),
        )
        indexes = (models.Index(name="%(class)s_by_end", fields=("ends",)),)
