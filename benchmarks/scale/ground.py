"""A database of its own with the real catalogue, all offices and people, and cases that were played."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

# The same commands as `make up` takes, but for what only shows a demonstration's pages.
COMMANDS: tuple[tuple[str, dict[str, object]], ...] = (
    ("migrate", {"verbosity": 0}),
    ("load_offices", {}),
    ("load_calendar", {}),
    ("load_catalogue", {}),
    ("load_resources", {}),
    ("list_responsibilities", {}),
    ("load_claims", {"all": True}),
    ("load_people", {}),
    ("load_medical", {}),
    ("load_housing_fund", {}),
    ("load_certificates", {}),
    ("load_shared_data", {}),
)


@contextmanager
def database(url: str, *, keep: bool) -> Iterator[str]:
    """The address of an empty database beside that of `url`, dropped afterwards unless it is to be kept.

    Raises RuntimeError if one of that name is there: it may be hours of somebody's work.
    """
    name = f"bench_{urlsplit(url).path.strip('/')}"
    with psycopg.connect(url, autocommit=True) as beside:
        there = beside.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if there:
            raise RuntimeError(f"there is a database {name} already: drop it, or use --database")
        beside.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield named(url, name)
    finally:
        if not keep:
            with psycopg.connect(url, autocommit=True) as beside:
                beside.execute(
                    sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
                )


def named(url: str, name: str) -> str:
    """The same server's database of that name."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def play(*, days: int, per_day: int) -> None:
    """Load everything, and play cases through the engine: the moulds of all others."""
    from django.core.management import call_command

    with open(os.devnull, "w") as nowhere:
        for command, options in COMMANDS:
            call_command(command, stdout=nowhere, **options)
        call_command("simulate", days=days, per_day=per_day, seed=1, processes=1, stdout=nowhere)
