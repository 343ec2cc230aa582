"""The whole site with something in every corner; files go to a folder of the test's own."""

from pathlib import Path

import pytest
from pytest_django import Settings

from tests.beginnings import Beginnings
from tests.site.stage import Stage, lay_files
from tests.world import forget_everything


@pytest.fixture
def stage(db: None, beginnings: Beginnings, settings: Settings, tmp_path: Path) -> Stage:
    settings.UPLOAD_DIR = tmp_path / "uploads"
    # What others have left in the broker, a knock that no worker heard, is no trouble of this site.
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {
        **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
        "global_keyprefix": f"{tmp_path.name}:",
    }
    forget_everything()
    stage: Stage = beginnings.of("stage")
    lay_files(stage)
    return stage
