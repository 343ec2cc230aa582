from django.db import migrations

import workflows.flows.transfer_steps


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_shared_papers"),
        ("flows", "0006_along_the_route"),
    ]

    operations = [
        migrations.CreateModel(
            name="MedicalTransfer",
            fields=[],
            options={
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=(workflows.flows.transfer_steps.TransferSteps, "cases.flow"),
        ),
    ]
