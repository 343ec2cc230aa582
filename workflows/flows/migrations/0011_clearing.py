from django.db import migrations

PROXY = {"proxy": True, "default_permissions": (), "indexes": [], "constraints": []}


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_clearing_statement"),
        ("flows", "0010_medical_filing"),
    ]

    operations = [
        migrations.CreateModel(name=name, fields=[], options=PROXY, bases=("cases.flow",))
        for name in ("ClearingAdvance", "ClearingMonthFlow", "ClearingSigning")
    ]
