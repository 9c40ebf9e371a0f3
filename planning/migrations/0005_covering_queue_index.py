"""A queue reads one index; the constraint comes back that 0004 took along with the index of its column."""

from django.db import migrations, models

OPEN = ["pending", "blocked", "ready", "running", "paused"]


class Migration(migrations.Migration):
    """Indexes only."""

    dependencies = [("planning", "0004_machine_indexes")]

    operations = [
        migrations.RemoveIndex(model_name="operation", name="operations_open_by_machine"),
        migrations.AddIndex(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("status__in", OPEN)),
                fields=["machine"],
                include=("id", "worked_on", "status", "during", "line", "loop", "sequence"),
                name="operations_open_by_machine",
            ),
        ),
        migrations.RunSQL(
            sql="CREATE UNIQUE INDEX IF NOT EXISTS one_running_operation_per_machine "
            "ON planning_operation (worked_on_id) WHERE status = 'running'",
            reverse_sql=migrations.RunSQL.noop,
        ),
    ]
