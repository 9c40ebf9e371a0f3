"""Drawings that customers give with a line."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from orders.models.orders import Order


class Drawing(models.Model):
    """A file as it came, kept in the data folder under a name of ours; nobody reads it but by `token`.

    Lines name it in their `extras`, the snapshot with them; the file stays when a line lets go of it.
    """

    class Kind(models.TextChoices):
        """What the file's own first bytes say it is."""

        PDF = "pdf", "PDF"
        PNG = "png", "PNG image"
        DXF = "dxf", "DXF drawing"
        STEP = "step", "STEP model"

    token = models.UUIDField(unique=True)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="drawings")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=4, choices=Kind.choices)
    content = models.FileField(upload_to="drawings")
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (models.CheckConstraint(name="drawing_is_not_empty", condition=Q(size__gt=0)),)

    def __str__(self) -> str:
        return self.name
