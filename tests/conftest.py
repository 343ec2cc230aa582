"""Fixtures that every test may use."""

import pytest

from tests.world import World, build_world


@pytest.fixture
def world(db: None) -> World:
    """People, offices and matters of two provinces; no cases yet."""
    return build_world()
