"""PostgreSQL itself refuses to change or delete a published version, except for its last day."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION catalogue_published_is_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status = 'published' THEN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'matter version % is published and cannot be deleted', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        IF to_jsonb(NEW) - 'valid_to' IS DISTINCT FROM to_jsonb(OLD) - 'valid_to' THEN
            RAISE EXCEPTION 'matter version % is published: only valid_to may change', OLD.id
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;

CREATE TRIGGER catalogue_published_is_final
    BEFORE UPDATE OR DELETE ON catalogue_matterversion
    FOR EACH ROW EXECUTE FUNCTION catalogue_published_is_final();
"""

BACKWARD = """
DROP TRIGGER catalogue_published_is_final ON catalogue_matterversion;
DROP FUNCTION catalogue_published_is_final();
"""


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_begin")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
