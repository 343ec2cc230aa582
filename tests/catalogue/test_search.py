"""Finding a matter as people call it."""

import csv
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matters.catalogue.facts import DATA, read_facts
from matters.catalogue.loading import Loaded
from matters.catalogue.models import Matter, MatterVersion
from matters.catalogue.registry import never_alone
from matters.catalogue.scope import known_zones, problem_with_place, scope_of
from matters.catalogue.search import departments, find, themes
from tongban.offices.directory import forget_directory
from tongban.offices.models import Region

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
    assert len(themed) == dict(themes())["住房公积金"] > 6
    assert {version.matter.theme for version in themed} == {"住房公积金"}
    collected = find("", mode="collect")
    assert {version.mode for version in collected} == {"collect"}
    department = themed.versions[0].matter.department_id
    assert set(names("", theme="住房公积金")) <= set(names("", department=department))
    coded = departments()
    assert {code for code, _ in coded} == {v.matter.department_id for v in find("", limit=9999)}
    everywhere, chongqing = find("").count, find("", province="500000").count
    assert 0 < chongqing < everywhere, "some stand in 四川's list only"
    assert find("", province="510000").count > chongqing
    assert find("", mode="online", audience="企业").count < find("", mode="online").count


def test_filters_hold_for_neighbours_too(catalogue: Loaded) -> None:
    found = find("换驾照", theme="住房公积金")
    assert found.are_neighbours
    assert {version.matter.theme for version in found} == {"住房公积金"}


def test_themes_are_counted_the_largest_first(catalogue: Loaded) -> None:
    counted = themes()
    alone = catalogue.created - Matter.objects.filter(versions__flow__in=never_alone()).count()
    assert sum(count for _, count in counted) == alone
    assert [count for _, count in counted] == sorted((n for _, n in counted), reverse=True)


def test_a_search_takes_one_statement_and_one_more_after_a_change(catalogue: Loaded) -> None:
    for typed in ("户口", "", "医宝报销"):
        find(typed)
        with CaptureQueriesContext(connection) as queries:
            for version in find(typed):
                assert version.matter.department.name
                assert version.promised is None or version.promised  # type: ignore[attr-defined]
        assert len(queries) == 1, typed
    version = find("失业登记").versions[0]
    Matter.objects.filter(pk=version.matter_id).update(search_text="换了个名字\nhuan\nh")
    with CaptureQueriesContext(connection) as queries:
        assert find("换了个名字").versions == (version,)
    assert len(queries) == 2
    MatterVersion.objects.filter(pk=version.pk).update(valid_to=timezone.localdate())
    assert version not in find("换了个名字").versions, "it ended"


def limited(name: str, zones: list[str]) -> MatterVersion:
    """A matter valid only in these zones, as a new version of one that is there."""
    old = MatterVersion.objects.get(pk=find(name).versions[0].pk)
    MatterVersion.objects.filter(pk=old.pk).update(valid_to=timezone.localdate())
    return MatterVersion.objects.create(
        matter=old.matter,
        number=old.number + 1,
        status="published",
        valid_from=timezone.localdate(),
        mode=old.mode,
        mode_certainty=old.mode_certainty,
        flow=old.flow,
        definition={**old.definition, "zones": zones},
        published_at=timezone.now(),
    )


def test_matters_of_neighbouring_areas_are_found_only_by_those_inside(catalogue: Loaded) -> None:
    version = limited("失业登记", ["万达开"])
    assert version not in find("失业登记").versions
    assert version not in find("失业登记", zones=["泸永江"]).versions
    assert find("失业登记", zones=["万达开", "x"]).versions[0] == version
    theme = version.matter.theme
    assert dict(themes())[theme] == dict(themes(zones=["万达开"]))[theme] - 1
    version = limited("户籍证明", ["高竹新区"])
    assert version not in find("户籍证名").versions, "nor as a neighbour of a wrong word"


def test_the_sentence_says_where_and_what_to_do(regions: None) -> None:
    Region.objects.filter(pk__in=["500101", "511700"]).update(zones=["万达开"])
    forget_directory()
    scope = scope_of("某批", ["万达开"])
    assert problem_with_place(scope, "500101901") is None
    assert problem_with_place(scope, "511702") is None, "达州's counties are inside with it"
    said = problem_with_place(scope, "500000") or ""
    for words in ("只在万达开（重庆市万州区、四川省达州市）办理", "改选所在的区县", "12345"):
        assert words in said
    assert problem_with_place(scope_of("某批"), "500000") is None
    forget_directory()


def test_the_data_names_only_zones_and_batches_that_are_there() -> None:
    assert {"万达开", "泸永江", "高竹新区"} <= known_zones()
    with (DATA / "batches.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    batches = {fact.batch for fact in read_facts()[0]}
    for row in rows:
        assert row["batch"] in batches
        assert set(filter(None, row["zones"].split("|"))) <= known_zones()
        assert set(filter(None, row["provinces"].split("|"))) <= {"500000", "510000"}
