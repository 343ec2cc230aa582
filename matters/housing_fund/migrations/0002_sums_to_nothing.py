"""Journals and lines are never changed, and the lines of a journal sum to nothing: triggers see to both."""

from django.db import migrations

TABLES = ("housing_fund_journal", "housing_fund_line")
FUNCTIONS = """
CREATE FUNCTION housing_fund_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP;
END $$;

-- Looked at when the transaction ends: until then a journal has its first line only.
CREATE FUNCTION housing_fund_sums_to_nothing() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    total numeric;
BEGIN
    SELECT sum(amount) INTO total FROM housing_fund_line WHERE journal_id = NEW.journal_id;
    IF total <> 0 THEN
        RAISE EXCEPTION 'journal %: its lines sum to %', NEW.journal_id, total
            USING ERRCODE = 'check_violation', CONSTRAINT = 'fund_journal_sums_to_nothing';
    END IF;
    RETURN NULL;
END $$;
"""
TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION housing_fund_is_append_only();
"""
SUMS = """
CREATE CONSTRAINT TRIGGER fund_journal_sums_to_nothing AFTER INSERT ON housing_fund_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION housing_fund_sums_to_nothing();
"""
UNDO = "DROP TRIGGER {table}_append_only ON {table};"


class Migration(migrations.Migration):

    dependencies = [
        ("housing_fund", "0001_accounts_and_journals"),
    ]

    operations = [
        migrations.RunSQL(
            FUNCTIONS + "".join(TRIGGER.format(table=table) for table in TABLES) + SUMS,
            "".join(UNDO.format(table=table) for table in TABLES)
            + "DROP TRIGGER fund_journal_sums_to_nothing ON housing_fund_line;"
            + "DROP FUNCTION housing_fund_sums_to_nothing();"
            + "DROP FUNCTION housing_fund_is_append_only();",
        ),
    ]
