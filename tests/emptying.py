"""How the database is emptied after a test that commits."""

from __future__ import annotations

from django.db import connection, transaction

# Filled by `migrate`, and the same for every test.
KEPT = frozenset({"django_migrations", "django_content_type", "auth_permission"})


def may_act_as_replica() -> bool:
    """Whoever brings a server of their own may be no superuser there; Django's way needs none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])


def empty_the_database() -> None:
    """Delete every row that a test may have written, in one go.

    Django truncates each of eighty tables, filled or not, and fills its own anew: 150 ms of
    PostgreSQL and 40 of Python where a few hundred rows are to go. Like TRUNCATE it waits for whoever
    still writes. As a replica, so that append-only tables let go of their rows and no key is looked up.
    """
    tables = [
        connection.ops.quote_name(table)
        for table in sorted({*connection.introspection.table_names()} - KEPT)
    ]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"LOCK TABLE {', '.join(tables)} IN ACCESS EXCLUSIVE MODE")
        cursor.execute("; ".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608
