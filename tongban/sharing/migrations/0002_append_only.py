"""Consent, the ledger of who looked and the turns of a demand: never changed, and triggers see to that."""

from django.db import migrations

TABLES = ("sharing_consent", "sharing_record", "sharing_turn")
FUNCTION = """
CREATE FUNCTION sharing_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;
"""
TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION sharing_is_append_only();
"""
UNDO = "DROP TRIGGER {table}_append_only ON {table};"

# Django refuses sealed columns in conditions, rightly; whether there is a value at all is no secret.
FORGETS = """
ALTER TABLE sharing_lookup ADD CONSTRAINT look_up_forgets_the_number
    CHECK (state = 'owed' OR id_number IS NULL);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('sharing', '0001_initial'),
    ]

    operations = [
        migrations.RunSQL(
            FUNCTION + "".join(TRIGGER.format(table=table) for table in TABLES) + FORGETS,
            "".join(UNDO.format(table=table) for table in TABLES)
            + "DROP FUNCTION sharing_is_append_only();"
            + "ALTER TABLE sharing_lookup DROP CONSTRAINT look_up_forgets_the_number;",
        ),
    ]
