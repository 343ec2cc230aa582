"""Fixtures that every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from pytest_django import DjangoDbBlocker

from tests.world import World, build_world, forget_everything


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process remembers of the database (calendars, offices, forms) ends with each test."""
    forget_everything()


@pytest.fixture
def world(db: None) -> World:
    """People, offices and matters of two provinces; no cases yet."""
    return build_world()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """As always; and nobody who was killed in a test still holds the database when it is dropped."""
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
