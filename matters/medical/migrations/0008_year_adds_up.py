"""Each entry of a year stands on the one before: its place, its totals, and no counter below zero."""

from django.db import migrations

ADDS_UP = """
CREATE FUNCTION medical_year_adds_up() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before medical_yearentry;
    wrong text;
BEGIN
    SELECT * INTO before FROM medical_yearentry
        WHERE insured_id = NEW.insured_id AND year = NEW.year ORDER BY seq DESC LIMIT 1;
    IF NEW.seq <> coalesce(before.seq, 0) + 1 THEN
        wrong := 'seq';
    ELSE
        SELECT name INTO wrong
            FROM jsonb_object_keys(coalesce(before.after, '{}') || NEW.delta || NEW.after) AS name
            WHERE coalesce((NEW.after ->> name)::numeric, 0) < 0
               OR coalesce((NEW.after ->> name)::numeric, 0)
                  <> coalesce((before.after ->> name)::numeric, 0)
                     + coalesce((NEW.delta ->> name)::numeric, 0)
            LIMIT 1;
    END IF;
    IF wrong IS NOT NULL THEN
        RAISE EXCEPTION 'year entry %/%/%: % does not follow from the entry before',
            NEW.insured_id, NEW.year, NEW.seq, wrong
            USING ERRCODE = 'check_violation', CONSTRAINT = 'year_entry_adds_up';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER year_entry_adds_up BEFORE INSERT ON medical_yearentry
    FOR EACH ROW EXECUTE FUNCTION medical_year_adds_up();
"""
UNDO = """
DROP TRIGGER year_entry_adds_up ON medical_yearentry;
DROP FUNCTION medical_year_adds_up();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('medical', '0007_kept_rules_whole'),
    ]

    operations = [
        migrations.RunSQL(ADDS_UP, UNDO),
    ]
