"""The whole site with something in every corner; files go to a folder of the test's own."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.site.stage import Stage, build_stage
from tests.world import World


@pytest.fixture
def stage(world: World, settings: Settings, tmp_path: Path) -> Stage:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    return build_stage(world)
