"""An office's load, the questions asked in its cases and what was supplemented are found by indexes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

QUEUE = ["holder_office", "due_at", "id"]


class Migration(migrations.Migration):
    # A table of millions is not locked meanwhile.
    atomic = False

    dependencies = [("cases", "0016_event_acting_for")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE INDEX CONCURRENTLY case_queue_wide ON cases_case"
                    " (holder_office_id, due_at, id) INCLUDE (claimed_by_id, yellow_at)"
                    " WHERE closed_at IS NULL",
                    "DROP INDEX CONCURRENTLY case_queue_wide",
                ),
                migrations.RunSQL(
                    "DROP INDEX CONCURRENTLY case_queue",
                    "CREATE INDEX CONCURRENTLY case_queue ON cases_case"
                    " (holder_office_id, due_at, id) WHERE closed_at IS NULL",
                ),
                migrations.RunSQL(
                    "ALTER INDEX case_queue_wide RENAME TO case_queue",
                    "ALTER INDEX case_queue RENAME TO case_queue_wide",
                ),
            ],
            state_operations=[
                migrations.RemoveIndex("case", "case_queue"),
                migrations.AddIndex(
                    "case",
                    models.Index(
                        fields=QUEUE,
                        name="case_queue",
                        condition=Q(closed_at=None),
                        include=["claimed_by", "yellow_at"],
                    ),
                ),
            ],
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=QUEUE,
                name="case_asked",
                condition=Q(closed_at=None, facts__has_key="opinions"),
            ),
        ),
        AddIndexConcurrently(
            "case",
            models.Index(
                fields=QUEUE,
                name="case_supplemented",
                condition=Q(closed_at=None, facts__has_key="supplements"),
            ),
        ),
    ]
