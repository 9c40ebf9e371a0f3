"""Files that planners uploaded: what they would change, until it is imported."""

from django.conf import settings
from django.db import models

from planning.models.edits import PlanEdit


class Upload(models.Model):
    """A file that was read: its changes exactly as they will be made, and the cells that cannot be taken.

    `standing` is the fingerprint of what the changes are about: where it differs by now, nothing is imported.
    """

    name = models.CharField(max_length=120)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()
    changes = models.JSONField()
    faults = models.JSONField(default=list)
    standing = models.CharField(max_length=8)
    edit = models.OneToOneField(PlanEdit, null=True, on_delete=models.PROTECT, related_name="upload")

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.name
