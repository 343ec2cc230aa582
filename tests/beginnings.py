"""Databases in which a dear beginning is already there, so that no test builds it anew.

Each of these beginnings is built once a worker, and committed, in a copy of the test database. A test
that asks for the fixture of that name runs in the copy, inside a transaction that is rolled back
as ever. Whoever commits (threads, the browser) works in the ordinary database and builds there.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

ALIAS = "default"
Build = Callable[[], Any]


@dataclass
class Copy:
    """`kept`: what the build returned; each test gets objects of its own from it."""

    connection: BaseDatabaseWrapper
    kept: bytes = b""


class Beginnings:
    def __init__(self, builds: Mapping[str, Build]) -> None:
        self._builds = builds
        self._copies: dict[str, Copy] = {}
        self._here = ""

    def copy_for(self, items: Iterable[pytest.Item]) -> None:
        """Make the copies that these tests need; they are filled by the first who comes.

        While nobody but this thread is connected: PostgreSQL copies no database in use.
        """
        ordinary = connections[ALIAS]
        ordinary.close()
        for name in {self.asked_by(item) for item in items} - {""}:
            own = {**ordinary.settings_dict, "NAME": f"{ordinary.settings_dict['NAME']}_{name}"}
            self._copies[name] = Copy(type(ordinary)(own, alias=ALIAS))
            self._drop(own["NAME"])
            template = ordinary.ops.quote_name(ordinary.settings_dict["NAME"])
            with ordinary._nodb_cursor() as cursor:
                made = ordinary.ops.quote_name(own["NAME"])
                cursor.execute(f"CREATE DATABASE {made} TEMPLATE {template}")

    def drop(self) -> None:
        for copy in self._copies.values():
            copy.connection.close()
            self._drop(copy.connection.settings_dict["NAME"])

    def asked_by(self, item: pytest.Item) -> str:
        """In whose copy a test runs; '' for the ordinary database."""
        fixtures = set(getattr(item, "fixturenames", ()))
        marker = item.get_closest_marker("django_db")
        if fixtures & {"transactional_db", "live_server"}:
            return ""
        if marker is not None and marker.kwargs.get("transaction"):
            return ""
        asked = [name for name in self._builds if name in fixtures]
        return asked[0] if len(asked) == 1 else ""

    @contextmanager
    def database_for(self, item: pytest.Item) -> Iterator[None]:
        """While this lasts, the connection leads to where the test runs."""
        name = self.asked_by(item)
        if name not in self._copies:
            yield
            return
        ordinary, copy = connections[ALIAS], self._copies[name]
        connections[ALIAS], self._here = copy.connection, name
        try:
            if not copy.kept:
                copy.kept = pickle.dumps(self._builds[name]())
            yield
        finally:
            connections[ALIAS], self._here = ordinary, ""

    def of(self, name: str) -> Any:
        """What is there to begin with; built here and now where the test does not run in the copy."""
        if self._here != name:
            return self._builds[name]()
        return pickle.loads(self._copies[name].kept)  # noqa: S301 - written by this very process

    def _drop(self, name: object) -> None:
        ordinary = connections[ALIAS]
        with ordinary._nodb_cursor() as cursor:
            cursor.execute(
                f"DROP DATABASE IF EXISTS {ordinary.ops.quote_name(str(name))} WITH (FORCE)"
            )
