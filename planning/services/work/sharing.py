"""Keeping in step which operations may stand on a machine together with others."""

from typing import Final

from django.db import connection

from planning.models import Operation

NOT_STARTED: Final = [str(each) for each in Operation.OPEN if each not in Operation.STARTED]
SHARE: Final = """
    UPDATE planning_operation AS operation
    SET shared = wanted.shared,
        machine_id = CASE WHEN wanted.shared THEN operation.machine_id END,
        during = CASE WHEN wanted.shared THEN operation.during END
    FROM (
        SELECT offer.process_id, bool_or(machine.places > 0 OR centre.unlimited) AS shared
        FROM planning_workcentre_processes AS offer
        JOIN planning_workcentre AS centre ON centre.id = offer.workcentre_id
        JOIN planning_machine AS machine ON machine.work_centre_id = centre.id AND machine.active
        GROUP BY offer.process_id
    ) AS wanted
    WHERE wanted.process_id = operation.process_id AND operation.shared <> wanted.shared
        AND operation.status = ANY(%s::text[])
"""
"""What may not be shared any more loses its place: it could overlap with others until the next plan."""


def share_machines() -> int:
    """After machines, their places or limits changed: how many operations may now share, or not any more."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE, [NOT_STARTED])
        return int(cursor.rowcount)
