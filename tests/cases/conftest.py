"""Fixtures of the engine's tests: a flow with child cases, and another process to work beside this one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cases.joint import Joint, joint_flows
from tests.notices.conftest import mail_server, mailbox, redis_prefix, site_environment
from tests.world import World, build_world

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
