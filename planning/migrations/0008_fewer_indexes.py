"""Every index is written with every slot that moves: three go that others serve as well."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Indexes only."""

    dependencies = [
        ("orders", "0014_prices_turned_down"),
        ("planning", "0007_plan_versions"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="operation",
            name="operations_by_time",
        ),
        migrations.AlterField(
            model_name="operation",
            name="line",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="operations",
                to="orders.orderline",
            ),
        ),
        migrations.AlterField(
            model_name="operation",
            name="process",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="operations",
                to="orders.process",
            ),
        ),
    ]
