"""Who works and with what: skills, crews and their absences, tools; set-up times between families."""

from django.db import models
from django.db.models import Q

from planning.models.resources import Calendar
from planning.models.spans import Span


class Skill(models.Model):
    """What somebody must be able to do for a step; steps of routings name it by its code."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Crew(models.Model):
    """People who can stand in for each other: `size` of them on one calendar, each with all its skills."""

    code = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=80)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="crews")
    size = models.PositiveSmallIntegerField(default=1)
    skills = models.ManyToManyField(Skill, related_name="crews", blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Absence(Span):
    """A stretch in which some people of a crew are not there."""

    crew = models.ForeignKey(Crew, on_delete=models.CASCADE, related_name="absences")
    people = models.PositiveSmallIntegerField(default=1)

    class Meta(Span.Meta):
        constraints = (
            *Span.Meta.constraints,
            models.CheckConstraint(name="somebody_is_absent", condition=Q(people__gt=0)),
        )

    def __str__(self) -> str:
        return f"Absence in {self.crew}"


class Tool(models.Model):
    """Equal tools or fixtures; a step that names the code holds one of them from its start to its end."""

    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80, blank=True)
    quantity = models.PositiveSmallIntegerField(default=1, help_text="How many equal ones there are.")

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.code


class Changeover(models.Model):
    """Set-up minutes on a machine from one family to another; without a row the step's own set-up counts."""

    before = models.CharField("from family", max_length=80)
    after = models.CharField("to family", max_length=80)
    minutes = models.PositiveIntegerField()

    class Meta:
        ordering = ("before", "after")
        constraints = (models.UniqueConstraint(name="one_time_per_changeover", fields=("before", "after")),)

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
