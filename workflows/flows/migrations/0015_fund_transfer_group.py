from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_shared_papers"),
        ("flows", "0014_fund_withdrawal"),
    ]

    operations = [
        migrations.CreateModel(
            name="FundTransferGroup",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("cases.flow",),
        ),
    ]
