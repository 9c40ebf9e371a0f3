"""Whether another round of improvement may find a better plan."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column."""

    dependencies = [
        ("planning", "0008_fewer_indexes"),
    ]

    operations = [
        migrations.AddField(
            model_name="planstate",
            name="settled",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
