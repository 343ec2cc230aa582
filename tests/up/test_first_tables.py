"""An empty database gets its tables at once, and they are those that the migrations would have made."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import psycopg
import pytest
from django.conf import settings
from django.db import connection

# What two databases must have alike; a not-null constraint's name tells only how a column began.
PARTS = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               a.attidentity, pg_get_expr(d.adbin, d.adrelid)
        FROM pg_class c
        JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype <> 'n' AND connamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid) FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
    "migrations": "SELECT app, name FROM django_migrations",
}


@pytest.fixture
def scratch(db: None) -> Iterator[dict[str, Any]]:
    """An empty database beside that of the tests, as psycopg wants it."""
    given = connection.get_connection_params()
    place: dict[str, Any] = {
        name: given[name] for name in ("host", "port", "user", "password") if name in given
    }
    name = f"{connection.settings_dict['NAME']}_first"
    with psycopg.connect(dbname="postgres", autocommit=True, **place) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}"'.encode())
        server.execute(f'CREATE DATABASE "{name}"'.encode())
        yield {"dbname": name, **place}
        server.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


def lay_tables(place: dict[str, Any]) -> None:
    """As the first start does it, in a process of its own."""
    options = urlencode({k: v for k, v in place.items() if k in ("host", "port", "password")})
    url = f"postgres://{place['user']}@/{place['dbname']}?{options}"
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py"), "lay_tables"]
    subprocess.run(manage, env=os.environ | {"DATABASE_URL": url}, check=True, timeout=120)


def test_what_is_laid_at_once_is_what_the_migrations_make(scratch: dict[str, Any]) -> None:
    lay_tables(scratch)
    with psycopg.connect(**scratch) as first, connection.cursor() as migrated:
        for part, query in PARTS.items():
            migrated.execute(query)
            assert set(first.execute(query.encode()).fetchall()) == set(migrated.fetchall()), part
