"""The rows of a product model move into its revisions."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("orders", "0004_quotation_revisions")]

    operations = [
        migrations.DeleteModel(name=name)
        for name in (
            "BomLine",
            "Characteristic",
            "Option",
            "OptionGroup",
            "Parameter",
            "PriceRule",
            "RoutingStep",
            "Rule",
        )
    ]
