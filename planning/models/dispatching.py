"""How the plan is handed to the floor."""

from django.db import models


class Dispatching(models.Model):
    """The one row that says what may be started already, and what no repair moves any more.

    `ahead_hours` and `load_hours` are the limits of the rules "by date" (calendar hours until the planned
    start) and "by load" (hours of work in front of it on its machine). Without it all is released.
    """

    class Release(models.TextChoices):
        """What is released to the floor."""

        AT_ONCE = "at_once", "Everything that can be started"
        BY_DATE = "by_date", "What is planned to begin soon"
        BY_LOAD = "by_load", "So many hours of work for each machine"

    frozen_hours = models.PositiveSmallIntegerField(default=0)
    release = models.CharField(max_length=10, choices=Release.choices, default=Release.AT_ONCE)
    ahead_hours = models.PositiveSmallIntegerField(default=48)
    load_hours = models.PositiveSmallIntegerField(default=16)

    def __str__(self) -> str:
        return self.get_release_display()
