"""An index for the lists behind the figures: the counted events of a measure, the latest first.

BRIN finds a day but gives no order; a list of thirty days would sort half a million events for a
page of fifty. Its condition is `measures.COUNTED`: about three events in ten.
"""

from django.db import migrations

CREATE = """
CREATE INDEX event_counted ON cases_event (counts_as, at DESC, id DESC)
    WHERE counts_as <> '' OR step = 'rate'
"""


class Migration(migrations.Migration):
    dependencies = [("throughput", "0001_day_tables"), ("cases", "0002_event_append_only")]
    operations = [migrations.RunSQL(CREATE, "DROP INDEX event_counted")]
