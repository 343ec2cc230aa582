"""The ledger refuses change in the database itself, whoever asks."""

from django.db import migrations

FORBID = """
CREATE FUNCTION cases_event_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = %s, MESSAGE = %s;
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE ON cases_event
    FOR EACH ROW EXECUTE FUNCTION cases_event_append_only();
""" % ("\x27restrict_violation\x27", "\x27the ledger is append-only\x27")

ALLOW = """
DROP TRIGGER event_append_only ON cases_event;
DROP FUNCTION cases_event_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
