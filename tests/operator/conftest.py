"""An operator at work in the small world."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.world import World
from tongban.accounts.actors import Actor


@pytest.fixture
def operator(world: World) -> Actor:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    return world.actor("operator")


@pytest.fixture
def second(world: World) -> Actor:
    world.post("operator_2", "运维乙", "510000", "supervision", "operator")
    return world.actor("operator_2")


@pytest.fixture
def at_work(world: World, operator: Actor) -> Client:
    client = Client()
    client.force_login(world.people["operator"])
    return client
