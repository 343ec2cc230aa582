"""Indexes that no query needs are not written at every step.

`number_like` served searches by the beginning of a number, which are a range over the unique index.
Nothing looks for events by who acted, and nobody who acted is ever deleted. Of the cases only those
that have a parent are looked for by it, a few in a thousand.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

DROP_PARENT = "DROP INDEX CONCURRENTLY IF EXISTS cases_case_parent_id_30365dcb"
DROP_ACTOR = "DROP INDEX CONCURRENTLY IF EXISTS cases_event_actor_id_35c6f1fe"


class Migration(migrations.Migration):
    # A table of millions is not locked meanwhile.
    atomic = False

    dependencies = [("cases", "0018_rating_reviews")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS cases_case_number_980c9551_like",
            "CREATE INDEX CONCURRENTLY cases_case_number_980c9551_like ON cases_case"
            " (number varchar_pattern_ops)",
        ),
        AddIndexConcurrently(
            "case",
            models.Index(fields=["parent"], name="case_part", condition=~models.Q(parent=None)),
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    DROP_PARENT,
                    "CREATE INDEX CONCURRENTLY cases_case_parent_id_30365dcb"
                    " ON cases_case (parent_id)",
                ),
                migrations.RunSQL(
                    DROP_ACTOR,
                    "CREATE INDEX CONCURRENTLY cases_event_actor_id_35c6f1fe"
                    " ON cases_event (actor_id)",
                ),
            ],
            state_operations=[
                migrations.AlterField(
                    "case",
                    "parent",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="children",
                        to="cases.case",
                    ),
                ),
                migrations.AlterField(
                    "event",
                    "actor",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
    ]
