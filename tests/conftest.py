"""Fixtures that every test may use."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.db import connection
from django.template import Context, Template
from django.test import TransactionTestCase, override_settings
from django.utils.safestring import SafeString
from pytest_django import DjangoDbBlocker

from tests.beginnings import Beginnings
from tests.catalogue.whole_list import load_whole_list
from tests.emptying import empty_the_database, may_act_as_replica
from tests.site.stage import build_stage
from tests.world import World, build_world, forget_everything

# Half a worker's time went into searching a million lasting objects (code, tests, models) for
# garbage. None is searched for while they are loaded, and those that stay are left out after.
gc.disable()


# Two workers share the tests and take over each other's last: what takes long must not be last, and
# one browser is enough for as long as there is anything else to do.
FIRST = ("tests/browser/", "tests/site/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


@pytest.fixture(autouse=True)
def nothing_remembered() -> None:
    """What a process remembers of the database (calendars, offices, forms) ends with each test."""
    forget_everything()


@pytest.fixture
def world(db: None, beginnings: Beginnings) -> World:
    """People, offices and matters of two provinces; no cases yet."""
    forget_everything()
    world: World = beginnings.of("world")
    return world


@pytest.fixture(scope="session")
def beginnings() -> Beginnings:
    return Beginnings(
        {
            "world": build_world,
            "catalogue": load_whole_list,
            "stage": lambda: build_stage(build_world()),
        }
    )


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose; only the test that asks for it pays."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture(scope="session")
def django_test_environment(django_test_environment: None) -> None:
    """As always, but of a page's templates only the outermost tells what it was given.

    A copy of the context for each box and each part of a page took a twentieth of a page's time.
    """
    told = Template._render  # type: ignore[attr-defined]

    def render(self: Template, context: Context) -> SafeString:
        if context.template is self and not str(self.name).startswith("django/forms/"):
            return told(self, context)  # type: ignore[no-any-return]
        return self.nodelist.render(context)

    Template._render = render  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    beginnings: Beginnings,
) -> Iterator[None]:
    """As always; and nobody who was killed in a test still holds the database when it is dropped."""
    with django_db_blocker.unblock():
        beginnings.copy_for(request.session.items)
        is_quick = may_act_as_replica()
    with pytest.MonkeyPatch.context() as patch:
        if is_quick:
            patch.setattr(TransactionTestCase, "_fixture_teardown", lambda _: empty_the_database())
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        beginnings.drop()


@pytest.fixture
def database_of_the_beginning(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    beginnings: Beginnings,
) -> Iterator[None]:
    with django_db_blocker.unblock(), beginnings.database_for(request.node):
        yield


@pytest.fixture
def _django_db_helper(database_of_the_beginning: None, _django_db_helper: None) -> None:
    """pytest-django's own, which opens the transaction of a test: where its beginning is."""
