from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_shared_papers"),
        ("flows", "0007_medical_transfer"),
    ]

    operations = [
        migrations.CreateModel(
            name="MedicalVisit",
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
