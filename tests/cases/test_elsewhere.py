"""A decision made in a ministry's system: a sheet to copy, and number, time and result back."""

from __future__ import annotations

import threading
from functools import partial
from random import Random
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from matters.catalogue.models import MatterVersion
from tests import journeys
from tests.cases.threads import at_once
from tests.desk.conftest import text_of
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World, answers_for, build_world
from tongban.accounts.models import Look
from workflows.cases import numbers
from workflows.cases.models import Case, CaseNumber, Event
from workflows.cases.perform import InvalidData
from workflows.flows.simulation.situations import fed_back

MATTER = "道路运输从业资格证补发"
SYSTEM = "运政系统"
BACK = {
    "opinion": "同意",
    "elsewhere_number": "yz-2026 0001",
    "elsewhere_result": "准予补发",
}


def matter(world: World) -> MatterVersion:
    stage = {"code": "review", "name": "审查", "seat": "owner"}
    return world.matter(
        MATTER,
        stages=[{**stage, "elsewhere": {"system": SYSTEM, "number": "许可流水号"}}],
        promise=None,
        certainty={},
    )


def reviewing(world: World) -> Case:
    case = world.open(matter(world))
    world.take(case, "accept", "transport_sc")
    return case


def back(**changes: Any) -> dict[str, Any]:
    now = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return {**BACK, "elsewhere_at": now, **changes}


def problems(world: World, case: Case, **changes: Any) -> dict[str, Any]:
    with pytest.raises(InvalidData) as refused:
        world.take(case, "approve", "transport_sc", back(**changes))
    assert Case.objects.get(pk=case.pk).state == "reviewing"
    return dict(refused.value.form.errors)


def test_number_time_and_result_go_into_the_ledger_and_the_cases_numbers(world: World) -> None:
    case = reviewing(world)
    event = world.take(case, "approve", "transport_sc", back()).event
    told = event.data["fed_back"]
    assert (told["system"], told["number"], told["result"]) == (SYSTEM, "YZ-20260001", "准予补发")
    assert "elsewhere_number" not in event.data
    kept = CaseNumber.objects.get(case=case, kind="elsewhere")
    assert (kept.number, kept.system, kept.seq) == ("YZ-20260001", SYSTEM, event.seq)
    assert Case.objects.get(pk=case.pk).state == "delivering"


def test_nothing_is_decided_without_what_the_other_system_said(world: World) -> None:
    case = reviewing(world)
    wrong = problems(world, case, elsewhere_number="", elsewhere_at="", elsewhere_result="")
    assert set(wrong) == {"elsewhere_number", "elsewhere_at", "elsewhere_result"}
    assert "晚于现在" in str(problems(world, case, elsewhere_at="2099-01-01T10:00"))
    assert "早于申请日" in str(problems(world, case, elsewhere_at="2020-01-01T10:00"))
    assert "身份证号" in str(problems(world, case, elsewhere_number=ZHOU_ID))


def test_the_simulation_feeds_back_what_the_form_takes(world: World) -> None:
    case = reviewing(world)
    said = fed_back(Case.objects.get(pk=case.pk), "approve", Random(1), timezone.now())
    world.take(case, "approve", "transport_sc", {"opinion": "同意", **said})
    assert CaseNumber.objects.get(case=case, kind="elsewhere").number.startswith("YW")


def test_a_step_that_decides_nothing_asks_for_no_number(world: World) -> None:
    case = world.open(matter(world))
    world.take(case, "refuse", "transport_sc", {"reason": "不归本机关"})
    assert not CaseNumber.objects.filter(case=case, kind="elsewhere").exists()


def test_a_number_is_fed_back_to_one_case_only(world: World) -> None:
    first, second = reviewing(world), reviewing(world)
    world.take(first, "approve", "transport_sc", back())
    wrong = problems(world, second, elsewhere_number="YZ-2026 0001")
    assert "已回填到另一个办件" in str(wrong)
    world.take(second, "approve", "transport_sc", back(elsewhere_number="YZ-20260002"))


@pytest.fixture
def one_number_two_cases(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> tuple[World, list[Case]]:
    """Both have looked whether the number is free before either writes it."""
    world = build_world()
    cases = [reviewing(world), reviewing(world)]
    both = threading.Barrier(2, timeout=10)

    def looked(**asked: Any) -> bool:
        found = numbers.is_taken(**asked)
        both.wait()
        return found

    monkeypatch.setattr("workflows.cases.feeding_back.is_taken", looked)
    return world, cases


def _approve(world: World, case: Case, by: str) -> str:
    try:
        world.take(case, "approve", by, back())
    except InvalidData as refused:
        return str(refused.form.errors["elsewhere_number"])
    return "taken"


def test_two_who_feed_the_same_number_back_at_once_do_it_once(
    one_number_two_cases: tuple[World, list[Case]],
) -> None:
    world, cases = one_number_two_cases
    said = at_once(*(partial(_approve, world, case, "transport_sc") for case in cases))
    assert sorted("已回填" in str(each) for each in said) == [False, True]
    assert CaseNumber.objects.filter(kind="elsewhere").count() == 1
    states = Case.objects.order_by("state").values_list("state", flat=True)
    assert list(states) == ["delivering", "reviewing"]


def test_without_the_constraint_the_number_would_stand_on_both(
    one_number_two_cases: tuple[World, list[Case]],
) -> None:
    world, cases = one_number_two_cases
    constraint = CaseNumber._meta.constraints[0]
    with connection.schema_editor() as editor:
        editor.remove_constraint(CaseNumber, constraint)
    try:
        at_once(*(partial(_approve, world, case, "transport_sc") for case in cases))
        assert CaseNumber.objects.filter(kind="elsewhere").count() == 2
    finally:
        CaseNumber.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(CaseNumber, constraint)


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.people[name])
    return client


def test_the_sheet_shows_personal_values_for_one_reason_and_writes_each_look_down(
    world: World,
) -> None:
    case = reviewing(world)
    clerk = signed_in(world, "transport_sc")
    page = clerk.get(f"/desk/{case.number}/")
    assert f"这一步在{SYSTEM}办理" in text_of(page)
    path = f"/desk/{case.number}/sheet/"
    masked = clerk.get(path)
    assert ZHOU_ID not in masked.content.decode()
    assert LIN_ID not in masked.content.decode()
    assert case.number in text_of(masked)
    refused = clerk.post(path, {"reason": "看"})
    assert "至少 4 个字" in text_of(refused)
    assert not Look.objects.exists()
    shown = clerk.post(path, {"reason": "抄录到运政系统"})
    assert ZHOU_ID in shown.content.decode()
    assert LIN_ID in shown.content.decode()
    looks = Look.objects.filter(subject_key=case.number, reason="抄录到运政系统")
    assert {look.field for look in looks} >= {"data.id_number", "data.phone"}


def test_the_sheet_is_for_the_office_that_has_the_case_while_it_is_needed(world: World) -> None:
    case = reviewing(world)
    path = f"/desk/{case.number}/sheet/"
    for who in ("clerk_sc", "supervisor_sc", "citizen"):
        assert signed_in(world, who).get(path).status_code == 404
    world.take(case, "approve", "transport_sc", back())
    clerk = signed_in(world, "transport_sc")
    assert clerk.get(path).status_code == 404
    page = text_of(clerk.get(f"/desk/{case.number}/"))
    assert "YZ-20260001" in page
    assert SYSTEM in page
    assert Event.objects.filter(case=case, step="approve").exists()


def test_a_case_between_the_provinces_is_found_by_each_of_its_numbers(world: World) -> None:
    case = reviewing(world)
    world.take(case, "approve", "transport_sc", back())
    known = list(CaseNumber.objects.filter(case=case).values_list("number", flat=True))
    assert len(known) == 3
    clerk, stranger = signed_in(world, "transport_sc"), signed_in(world, "clerk_sc")
    for number in (case.number, *known, "yz-2026 0001"):
        answer = clerk.get("/desk/search/", {"q": number})
        assert answer["Location"] == f"/desk/{case.number}/", number
        assert "没有找到" in text_of(stranger.get("/desk/search/", {"q": number}))
        given = {"number": number, "proof": LIN_ID[-6:]}
        assert case.number in text_of(Client().post("/progress/", given)), number


def test_a_waybill_finds_the_cases_of_its_parcel(world: World) -> None:
    first = journeys.in_transit(world, waybill="EMS0000000009").case
    second = journeys.in_transit(world, waybill="EMS0000000009").case
    clerk = signed_in(world, "clerk_cq")
    page = text_of(clerk.get("/desk/search/", {"q": "EMS0000000009"}))
    assert first.number in page
    assert second.number in page
    given = {"number": "EMS0000000009", "proof": LIN_ID[-6:]}
    assert "几个办件" in text_of(Client().post("/progress/", given))


def test_a_case_within_one_province_has_no_second_number(world: World) -> None:
    data = {"household_region": "500103"}
    version = world.matter(SUBSIDY)
    case = world.open(version, data=answers_for(version) | data)
    assert not CaseNumber.objects.filter(case=case).exists()


def test_the_search_reads_indexes(world: World) -> None:
    """Half the table must never be read for one number."""
    rows = Case.objects.filter(numbers.known_as("YZ-1"))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    plan = rows.explain()
    assert "case_number_found" in plan
    assert "Seq Scan" not in plan, plan


def test_a_step_within_the_flow_may_be_elsewhere_too(world: World) -> None:
    version = world.matter("川渝两地户口迁移", elsewhere={"permit": {"system": "全国人口库"}})
    data = answers_for(version) | {"move_in_region": "500101"}
    case = world.open(version, data=data)
    world.take(case, "accept", "police_cq")
    with pytest.raises(InvalidData) as refused:
        world.take(case, "permit", "police_cq", {"permit_number": "ZQ12345678", "opinion": "符合"})
    assert set(refused.value.form.errors) == {
        "elsewhere_number", "elsewhere_at", "elsewhere_result",
    }  # fmt: skip
