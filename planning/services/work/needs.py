"""Skills and tools that routings name and nobody has entered: from now on the planners see that they lack."""

from collections.abc import Iterable
from datetime import datetime

from planning.models import Skill, Tool
from planning.selectors import Resources, Row, load_resources, unknown_needs


def resources_for(routings: Iterable[Iterable[Row]], now: datetime) -> Resources:
    """The shop with every skill and tool these routings name: of new ones nobody has any.

    One statement, four more where something was unknown.
    """
    resources, rows = load_resources(now), [row for routing in routings for row in routing]
    skills, tools = unknown_needs(rows, resources)
    if not skills and not tools:
        return resources
    Skill.objects.bulk_create([Skill(code=code) for code in sorted(skills)], ignore_conflicts=True)
    Tool.objects.bulk_create([Tool(code=code, quantity=0) for code in sorted(tools)], ignore_conflicts=True)
    return load_resources(now)
