
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('catalogue', '0004_claims_and_pauses'),
    ]

    operations = [
        migrations.AddField(
            model_name='matter',
            name='from_table',
            field=models.BooleanField(default=False, verbose_name='由表格导入'),
        ),
    ]
