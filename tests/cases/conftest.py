"""Fixtures of the engine's tests: a flow with child cases, and another process to work beside this one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings

from tests.cases.joint import Joint, joint_flows
from tests.notices.conftest import mail_server, mailbox, redis_prefix, site_environment
from tests.world import World, at, build_world
from tongban.offices.calendar import WorkingCalendar, calendar_for, forget_calendars
from tongban.offices.calendar_loading import load_calendar

# Time is no criterion where the machine is shared; what failed once is shown by its seed.
settings.register_profile("tests", deadline=None, database=None)
settings.load_profile("tests")

__all__ = ["mail_server", "mailbox", "redis_prefix", "site_environment"]


@pytest.fixture
def two_provinces(transactional_db: None) -> World:
    """The world where threads meet: committed, not inside the test's transaction."""
    return build_world()


@pytest.fixture
def joint(world: World) -> Iterator[Joint]:
    with joint_flows():
        yield Joint(world)


@pytest.fixture
def joint_in_threads(two_provinces: World) -> Iterator[Joint]:
    with joint_flows():
        yield Joint(two_provinces)


@pytest.fixture(scope="session")
def calendars(django_db_setup: None, django_db_blocker: Any) -> dict[str, WorkingCalendar]:
    """The real calendars of 达州, 凉山 and 万州: read once, and good without a database."""
    with django_db_blocker.unblock(), transaction.atomic():
        build_world()
        load_calendar(at=at("2026-11-21 10:00"))
        forget_calendars()
        real = {code: calendar_for(code) for code in ("511702", "513401", "500101")}
        transaction.set_rollback(True)
    forget_calendars()
    return real
