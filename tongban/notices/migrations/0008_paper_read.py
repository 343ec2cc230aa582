"""Papers that were opened of late are found without asking for each that waits."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # A table of millions is not locked meanwhile.
    atomic = False

    dependencies = [("notices", "0007_handover_phone")]

    operations = [
        AddIndexConcurrently(
            "notice",
            models.Index(
                fields=["read_at"],
                condition=Q(read_at__isnull=False, document_id__isnull=False),
                name="notice_paper_read",
            ),
        ),
    ]
