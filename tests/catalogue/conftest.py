"""The departments that the list of matters names, and the list itself, loaded."""

import shutil
from pathlib import Path

import pytest

from matters.catalogue.facts import DATA
from matters.catalogue.loading import Loaded
from matters.catalogue.regions import forget_regions
from tests.beginnings import Beginnings
from tests.catalogue.whole_list import create_departments
from tongban.offices.models import Province, Region

REGIONS = [
    ("500000", "重庆市", "重庆市", "province", None),
    ("500101", "万州区", "重庆市万州区", "county", "500000"),
    ("500101901", "示范街道", "重庆市万州区示范街道", "township", "500101"),
    ("510000", "四川省", "四川省", "province", None),
    ("511700", "达州市", "四川省达州市", "city", "510000"),
    ("511702", "通川区", "四川省达州市通川区", "county", "511700"),
]


@pytest.fixture
def departments(db: None) -> None:
    create_departments()


@pytest.fixture
def catalogue(db: None, beginnings: Beginnings) -> Loaded:
    """The whole list, loaded; loading it once a worker is enough."""
    loaded: Loaded = beginnings.of("catalogue")
    return loaded


@pytest.fixture
def regions(db: None) -> None:
    forget_regions()
    for code, name, short, platform in [
        ("500000", "重庆市", "渝", "渝快办"),
        ("510000", "四川省", "川", "四川政务服务网"),
    ]:
        Province.objects.create(code=code, name=name, short=short, platform=platform)
    for code, name, full_name, level, parent in REGIONS:
        Region.objects.create(
            code=code,
            name=name,
            full_name=full_name,
            level=level,
            parent_id=parent,
            province_id=f"{code[:2]}0000",
        )


@pytest.fixture
def data_folder(tmp_path: Path) -> Path:
    """A copy of the data files that a test may change."""
    return shutil.copytree(DATA, tmp_path / "data")
