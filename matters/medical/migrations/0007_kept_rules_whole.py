"""A kept rule book holds its pools too, with their classes and levels."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('medical', '0006_kept_rules'),
    ]

    operations = [
        migrations.RenameField(model_name='keptrules', old_name='rows', new_name='content'),
    ]
