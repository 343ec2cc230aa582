"""Finding a matter as people call it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matters.catalogue.loading import Loaded
from matters.catalogue.search import find, themes

pytestmark = pytest.mark.django_db


def names(text: str, **filters: Any) -> list[str]:
    return [version.matter.name for version in find(text, **filters)]


FOUND_BY = [
    ("户口迁移", "川渝两地户口迁移"),
    ("hukouqianyi", "川渝两地户口迁移"),
    ("HKQY", "川渝两地户口迁移"),
    ("ｈｋｑｙ", "夫妻投靠户口迁移"),
    ("残疾人 补贴", "困难残疾人生活补贴"),
    ("生孩子", "生育服务证"),
    ("换驾照", "机动车驾驶证补发"),
    ("医保报销", "住院费用报销"),
    ("转公积金", "住房公积金异地转移接续"),
    ("迁户口", "父母投靠子女户口迁移"),
]


def test_people_find_it_by_name_sound_initials_or_their_own_word(catalogue: Loaded) -> None:
    for typed, name in FOUND_BY:
        found = find(typed)
        assert not found.are_neighbours, typed
        assert name in [version.matter.name for version in found]


def test_the_name_itself_comes_first(catalogue: Loaded) -> None:
    assert names("失业登记")[0] == "失业登记"
    assert names("sydj")[0] == "失业登记"


def test_a_wrong_word_gets_neighbours(catalogue: Loaded) -> None:
    meant = {"医宝报销": "报销", "我要换驾照": "驾驶证", "残疾补帖": "残疾", "护口迁移": "户口迁移"}
    for typed, part in meant.items():
        found = find(typed)
        assert found.are_neighbours, typed
        assert 1 <= len(found) <= 10
        assert part in "".join(version.matter.name for version in found)


def test_hostile_words_do_no_harm(catalogue: Loaded) -> None:
    for typed in ("%", "_", "\\", "🙂", "'; DROP TABLE", "\x00", "无" * 5000):
        assert len(find(typed)) > 0


def test_no_word_lists_what_the_filters_leave(catalogue: Loaded) -> None:
    themed = find("", theme="住房公积金")
    assert len(themed) == dict(themes())["住房公积金"] == 6
    assert {version.matter.theme for version in themed} == {"住房公积金"}
    collected = find("", mode="collect")
    assert {version.mode for version in collected} == {"collect"}
    department = themed.versions[0].matter.department_id
    assert set(names("", theme="住房公积金")) <= set(names("", department=department))


def test_filters_hold_for_neighbours_too(catalogue: Loaded) -> None:
    found = find("换驾照", theme="住房公积金")
    assert found.are_neighbours
    assert {version.matter.theme for version in found} == {"住房公积金"}


def test_themes_are_counted_the_largest_first(catalogue: Loaded) -> None:
    counted = themes()
    assert sum(count for _, count in counted) == catalogue.created
    assert [count for _, count in counted] == sorted((n for _, n in counted), reverse=True)


def test_a_search_takes_few_statements(catalogue: Loaded) -> None:
    for typed, most in (("户口", 2), ("", 1), ("医宝报销", 3)):
        with CaptureQueriesContext(connection) as queries:
            for version in find(typed):
                assert version.matter.department.name
        assert len(queries) <= most
