"""A verification is never changed, and a trigger sees to that."""

from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('certificates', '0001_begin'),
        ('sharing', '0002_append_only'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE TRIGGER certificates_verification_append_only"
            " BEFORE UPDATE OR DELETE ON certificates_verification"
            " FOR EACH ROW EXECUTE FUNCTION sharing_is_append_only()",
            "DROP TRIGGER certificates_verification_append_only ON certificates_verification",
        ),
    ]
