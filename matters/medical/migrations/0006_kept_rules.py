"""The rule books that settlements were made by: no settlement was booked before there was one."""

import django.db.models.deletion
from django.db import migrations, models

TRIGGER = """
CREATE TRIGGER medical_keptrules_append_only BEFORE UPDATE OR DELETE ON medical_keptrules
    FOR EACH ROW EXECUTE FUNCTION medical_is_append_only();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('medical', '0005_visits'),
    ]

    operations = [
        migrations.CreateModel(
            name='KeptRules',
            fields=[
                ('digest', models.CharField(max_length=64, primary_key=True, serialize=False)),
                ('rows', models.JSONField()),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.AddField(
            model_name='settlement',
            name='rule_book',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='medical.keptrules'),
        ),
        migrations.RunSQL(
            TRIGGER, "DROP TRIGGER medical_keptrules_append_only ON medical_keptrules;"
        ),
    ]
