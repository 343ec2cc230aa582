"""Indexes for the lists behind the figures, by whatever a figure is cut.

Each has the very expressions of `measures.at_office` and `behind.events_behind`, the latest first:
a page of fifty is read off the index, however many cases there are. Three events in ten are counted;
the rest stand in `event_stayed` alone, and only where they end a stay.
"""

from django.db import migrations

COUNTED = "WHERE counts_as <> '' OR step = 'rate'"
INDEXES = {
    "event_acted": f"cases_event (COALESCE(office_id, to_office_id), counts_as, at DESC, id DESC) {COUNTED}",
    "event_arrived": "cases_event (COALESCE(to_office_id, office_id), at DESC, id DESC)"
    " WHERE counts_as = 'received'",
    "event_rated": "cases_event ((data -> 'rated_office'), at DESC, id DESC) WHERE step = 'rate'",
    "event_of_matter": f"cases_event (matter_id, counts_as, at DESC, id DESC) {COUNTED}",
    "event_of_route": "cases_event ((data ->> 'route'), counts_as, at DESC, id DESC)"
    " WHERE counts_as <> ''",
    "event_took": "cases_event (working_days, at DESC, id DESC) WHERE counts_as = 'concluded'",
    "event_stayed": "cases_event (from_state, at DESC, id DESC) WHERE data ? 'stay'",
    "case_delivering": "cases_case (due_at, id)"
    " WHERE closed_at IS NULL AND concluded_at IS NOT NULL",
    "suspension_started": "cases_suspension USING brin (started_at)",
    "day_flag_kind": "throughput_dayflag (kind, day DESC, case_id DESC)",
}


class Migration(migrations.Migration):
    dependencies = [("throughput", "0003_more_day_tables"), ("cases", "0002_event_append_only")]
    operations = [
        migrations.RunSQL(f"CREATE INDEX {name} ON {what}", f"DROP INDEX {name}")
        for name, what in INDEXES.items()
    ]
