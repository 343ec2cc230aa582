"""What a substitute did in somebody's name is found by that somebody: the few events that say so."""

from django.db import migrations

INDEX = """
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_acting_for ON cases_event
    (((data -> 'acting_for' ->> 'user')::bigint), at) WHERE jsonb_exists(data, 'acting_for')
"""


class Migration(migrations.Migration):
    # A table of millions is not locked meanwhile.
    atomic = False

    dependencies = [("cases", "0015_extension_plan")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX CONCURRENTLY IF EXISTS event_acting_for"),
    ]
