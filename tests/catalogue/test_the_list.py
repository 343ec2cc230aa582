"""The list of matters as loaded: everything in it, nothing invented."""

import csv
from collections import Counter
from typing import Any

import pytest

from matters.catalogue.deep import read_deep
from matters.catalogue.definition import Definition
from matters.catalogue.facts import DATA, read_facts
from matters.catalogue.loading import Loaded
from matters.catalogue.models import Matter, MatterVersion

pytestmark = pytest.mark.django_db


# How many rows the published lists had when they were gathered.
PUBLISHED = 407


def rows(files: str = "*/*.csv") -> list[dict[str, str]]:
    read = [path.read_text(encoding="utf-8").splitlines() for path in DATA.glob(files)]
    return [row for lines in read for row in csv.DictReader(lines)]


def definition(name: str, batch: str | None = None) -> Definition:
    versions = MatterVersion.objects.filter(matter__name=name)
    if batch:
        versions = versions.filter(matter__source_batch=batch)
    return Definition.model_validate(versions.get().definition)


def test_all_rows_are_there_each_with_its_source(catalogue: Loaded) -> None:
    loaded = set(Matter.objects.values_list("source_url", "name", "source_batch"))
    listed = {(row["source_url"], row["name"], row["batch"]) for row in rows()}
    assert len(listed) == len(rows()) > PUBLISHED
    assert listed <= loaded
    assert not Matter.objects.filter(source_url="").exists()


def test_a_name_in_two_sources_stays_two_matters_with_two_addresses(catalogue: Loaded) -> None:
    twins = Matter.objects.filter(name="困难残疾人生活补贴")
    assert twins.count() == 2
    assert len({twin.slug for twin in twins}) == 2
    assert len({twin.source_batch for twin in twins}) == 2


def test_a_blank_mode_is_presumed_online_and_says_so(catalogue: Loaded) -> None:
    certainties = Counter(MatterVersion.objects.values_list("mode_certainty", flat=True))
    blank = sum(not row["mode"] and not row["mode_inferred"] for row in rows())
    assert certainties["presumed"] == blank > PUBLISHED - 50
    assert certainties["stated"] >= 5
    presumed = MatterVersion.objects.filter(mode_certainty="presumed")
    assert set(presumed.values_list("mode", flat=True)) == {"online"}


def test_no_matter_gets_a_limit_that_nobody_published(catalogue: Loaded) -> None:
    facts, _ = read_facts()
    written_out, _ = read_deep()
    bare = {fact.natural_key for fact in facts if fact.key not in written_out}
    assert len(bare) > 250
    for version in MatterVersion.objects.select_related("matter"):
        matter = version.matter
        if (matter.source_url, matter.name, matter.source_batch) in bare:
            assert_no_limit(version.definition)


def assert_no_limit(stored: dict[str, Any]) -> None:
    limits = ("promise", "statutory", "supplement", "extension", "deemed_acceptance")
    assert [stored[name] for name in limits] == [None] * 5
    assert stored["hops"] == {}
    assert all(stage["limit"] is None for stage in stored["stages"])


def test_published_days_are_taken_over_with_their_unit(catalogue: Loaded) -> None:
    dated = [row for row in rows() if row["promised_days"] or row["legal_days"]]
    assert len(dated) >= 23
    for row in dated:
        found = definition(row["name"], row["batch"])
        if row["promised_days"]:
            assert found.promise is not None
            assert found.promise.amount == int(row["promised_days"])
        if row["legal_days"]:
            assert found.statutory is not None
            assert found.statutory.amount == int(row["legal_days"])


def test_an_identity_card_takes_sixty_natural_days(catalogue: Loaded) -> None:
    statutory = definition("居民身份证换领").statutory
    assert statutory is not None
    assert (str(statutory), statutory.text) == ("60Z", "60个自然日")


def test_both_subsidies_of_disabled_people_take_3_10_3_working_days(catalogue: Loaded) -> None:
    for name in ("困难残疾人生活补贴", "重度残疾人护理补贴"):
        subsidy = definition(name, "全国跨省通办(民政)")
        hops = {state: str(limit) for state, limit in subsidy.hops.items()}
        assert hops == {"collected": "3G", "decided": "3G"}
        assert [(stage.seat, str(stage.limit)) for stage in subsidy.stages] == [("owner", "10G")]
        assert str(subsidy.promise) == "16G"
        assert subsidy.effective_month == "application"


def test_orphans_are_recognised_in_3_15_15_3_working_days(catalogue: Loaded) -> None:
    for name in ("孤儿救助资格认定", "事实无人抚养儿童认定"):
        child = definition(name)
        assert [str(child.hops[state]) for state in ("collected", "decided")] == ["3G", "3G"]
        stages = [(stage.seat, str(stage.limit)) for stage in child.stages]
        assert stages == [("township", "15G"), ("owner", "15G")]
        assert str(child.promise) == "36G"
        assert child.field("household_region").region_level == "township"


def test_five_kinds_of_household_moves_leave_five_working_days_to_the_old_place(
    catalogue: Loaded,
) -> None:
    moves = MatterVersion.objects.filter(flow="household_move", matter__source_batch="国办2020-35")
    assert moves.count() == 5
    for move in moves:
        assert move.definition["hops"] == {"moving_out": "5G"}


def test_a_labour_dispatch_permit_follows_the_licensing_law(catalogue: Loaded) -> None:
    permit = definition("劳务派遣经营许可证延续审批(县级)")
    assert permit.statutory is not None
    assert permit.extension is not None
    assert permit.deemed_acceptance is not None
    assert [str(permit.statutory), str(permit.extension.limit)] == ["20G", "10G"]
    assert str(permit.deemed_acceptance.limit) == "5G"
    assert permit.deemed_acceptance.basis in permit.legal_basis
    assert len(permit.special_procedures) == 8


def test_every_matter_starts_with_version_one_of_the_new_year(catalogue: Loaded) -> None:
    versions = MatterVersion.objects.values_list("number", "status", "valid_from", "valid_to")
    assert {(n, s, day.isoformat(), end) for n, s, day, end in versions} == {
        (1, "published", "2026-01-01", None)
    }


def test_a_recalled_name_says_so_and_stands_only_where_no_list_has_it(catalogue: Loaded) -> None:
    recalled = rows("*/from-memory.csv")
    assert len(recalled) > 50
    listed = {row["name"] for row in rows("*/matters.csv")}
    assert not listed & {row["name"] for row in recalled}
    kept = Matter.objects.filter(certainty="from_memory", source_batch__contains="凭记忆")
    assert {matter.name for matter in kept} >= {row["name"] for row in recalled}
    assert not kept.filter(source_url__startswith="http", source_batch__startswith="国办2020-35(20")


def test_queries_and_appointments_run_on_flows_of_their_own(catalogue: Loaded) -> None:
    kinds = {"查询": "record_query", "预约": "window_booking"}
    said = [row for row in rows() if row.get("kind")]
    assert Counter(row["kind"] for row in said) == {"查询": 29, "预约": 4}
    for row in said:
        versions = MatterVersion.objects.filter(
            matter__name=row["name"], matter__source_batch=row["batch"]
        )
        assert versions.get().flow == kinds[row["kind"]]
    others = MatterVersion.objects.filter(flow__in=kinds.values())
    assert others.count() == len(said)
