"""A matter is published anew under running cases: they are moved, each by itself, and can go back."""

from __future__ import annotations

import datetime as dt
import os
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from matters.catalogue.answers import opened_data
from matters.catalogue.models import MatterVersion
from matters.catalogue.pinned import definition_of
from tests import journeys
from tests.cases.moving_cases import PLAN, all_columns, columns_of, copies_of, next_version
from tests.world import ANSWERS, SUBSIDY, World
from tongban.accounts.actors import SYSTEM, Actor
from tongban.accounts.personal.rotation import rotate
from tongban.notices.models import Notice
from workflows.cases import moving as door
from workflows.cases.happening import moved_by
from workflows.cases.ledger import first_break
from workflows.cases.models import Case, MovedCase
from workflows.cases.move_fit import Road
from workflows.cases.move_plan import MovePlan, problems_of_plan
from workflows.cases.moving import begin_moving, carry_on, dry_run, revert
from workflows.cases.perform import Stale, perform
from workflows.cases.situations import situation_for
from workflows.cases.verdicts import why_not
from workflows.portal.own.told import timeline

WHEN = "2026-11-16 09:00"


@pytest.fixture
def operator(world: World) -> Actor:
    world.post("operator", "运维员", "500000", "supervision", "operator")
    return world.actor("operator")


def versions(world: World, **changes: Any) -> tuple[MatterVersion, MatterVersion]:
    return world.matter(SUBSIDY), next_version(world, **changes)


def events_of(case: Case) -> list[Any]:
    return list(case.events.order_by("seq"))


def test_five_hundred_running_cases_are_moved_and_ten_go_back(
    world: World, operator: Actor
) -> None:
    walked = [journeys.collected(world, when=WHEN).case for _ in range(3)]
    walked.append(journeys.reviewing(world, when=WHEN, waybill="EMS0000000003").case)
    walked.append(journeys.supplementing(world, when=WHEN, waybill="EMS0000000004").case)
    incomplete = journeys.collected(world, when=WHEN).case
    Case.objects.filter(pk=incomplete.pk).update(
        data={**incomplete.data, "bank_card": None, "beneficiary_name": None}
    )
    copies_of(walked[0], 485)
    copies_of(incomplete, 9, first=600)
    old, new = versions(world)
    before = all_columns()
    assert len(before) == 500

    moving = begin_moving(old=old, new=new, plan=PLAN, actor=operator)
    tally = carry_on(moving, actor=operator)

    assert (tally.moved, tally.left) == (490, 10)
    assert Case.objects.filter(version=new).count() == 490
    left = MovedCase.objects.filter(result="left").order_by("pk")
    assert set(left.values_list("case__version", flat=True)) == {old.pk}
    for row in left:
        assert any("person_name（残疾人姓名）" in reason for reason in row.reasons)
        assert any("bank_card（收款银行卡号）" in reason for reason in row.reasons)
        assert columns_of(row.case_id) == before[row.case_id]
    for case in Case.objects.filter(version=new).order_by("pk")[:20]:
        assert case.data["person_name"] == "周德福"
        assert case.data["care"] == "self"
        assert not {"beneficiary_name", "disability_level"} & case.data.keys()
        assert case.stage in ("", "review")
        assert first_break(events_of(case)) is None

    touched = walked[1]
    journeys.Journey(world, touched, touched.entered_at).world.take(
        touched, "remark", "clerk_cq", {"text": "电话联系过"}
    )
    copies = Case.objects.filter(version=new).exclude(pk__in=[c.pk for c in walked])
    going = [*(c.pk for c in walked), *copies.values_list("pk", flat=True)[:6]]
    back = revert(moving, actor=operator, case_ids=going)

    assert (back.reverted, back.left) == (10, 1)
    for pk in going:
        if pk != touched.pk:
            assert columns_of(pk) == before[pk]
            assert first_break(events_of(Case.objects.get(pk=pk))) is None
    kept = MovedCase.objects.get(case=touched)
    assert (kept.result, kept.kept_because) == ("moved", "搬迁以后办件已有新的办理记录")
    assert Case.objects.get(pk=touched.pk).version_id == new.pk


def test_a_case_costs_a_handful_of_statements(world: World, operator: Actor) -> None:
    case = journeys.collected(world, when=WHEN).case
    old, new = versions(world)
    moving = begin_moving(old=old, new=new, plan=PLAN, actor=operator)
    road = door.road_of(moving)
    copies_of(case, 2)
    first, *_ = Case.objects.filter(version=old).exclude(pk=case.pk).values_list("pk", flat=True)
    door.move_one(moving, road, first, actor=operator)  # what a process remembers is warm now
    with CaptureQueriesContext(connection) as captured:
        assert door.move_one(moving, road, case.pk, actor=operator) == "moved"
    asked = [q["sql"] for q in captured if "SAVEPOINT" not in q["sql"]]
    # lock, parties, write, result
    assert len(asked) == 4, asked


def test_clocks_run_on_from_where_they_began_by_the_new_limits(
    world: World, operator: Actor
) -> None:
    case = journeys.collected(world, when=WHEN).case
    old, new = versions(world)
    carry_on(begin_moving(old=old, new=new, plan=PLAN, actor=operator), actor=operator)
    moved = Case.objects.get(pk=case.pk)
    assert moved.clocks["promise"]["started_at"] == case.clocks["promise"]["started_at"]
    assert (case.clocks["promise"]["limit"], moved.clocks["promise"]["limit"]) == ("16G", "10G")
    assert moved.promise_due_at is not None
    assert case.promise_due_at is not None
    assert moved.promise_due_at < case.promise_due_at
    event = moved.events.latest("seq")
    assert (event.step, event.actor_name) == ("change_version", "运维员")
    assert "承诺办结期限由2026年12月8日改为2026年11月30日" in event.data["text"]
    # A day moved, so a word of it is owed; the applicant reads it on their page too.
    assert Notice.objects.filter(event_key=f"case:{case.pk}:{event.seq}").exists()
    citizen = situation_for(moved, world.actor("citizen"))
    (entry,) = [e for e in timeline(citizen, events_of(moved)) if "新版本" in e.title]
    assert entry.title == "改按事项新版本办理"
    assert entry.who == "系统"
    assert "承诺办结期限" in entry.text


def test_where_no_day_moves_nobody_is_disturbed(world: World, operator: Actor) -> None:
    case = journeys.collected(world, when=WHEN).case
    old, new = versions(world, checklist=["核对残疾人证"])
    sent = Notice.objects.count()
    moving = begin_moving(old=old, new=new, plan=MovePlan(), actor=operator)
    assert carry_on(moving, actor=operator).moved == 1
    assert Notice.objects.count() == sent
    moved = Case.objects.get(pk=case.pk)
    assert (moved.hop_due_at, moved.promise_due_at) == (case.hop_due_at, case.promise_due_at)
    assert "办理期限不变" in moved.events.latest("seq").data["text"]


def test_a_moved_case_goes_on_to_its_end(world: World, operator: Actor) -> None:
    case = journeys.supplementing(world, when=WHEN).case
    old, new = versions(world)
    carry_on(begin_moving(old=old, new=new, plan=PLAN, actor=operator), actor=operator)
    owed = journeys.owed_papers(case)
    world.take(case, "supplement", "citizen", {"items": owed})
    now = Case.objects.get(pk=case.pk)
    assert (now.state, now.stage) == ("reviewing", "review")
    assert now.clocks["hop"]["limit"] == "5G"
    assert "approve" in [
        v.step.code for v in why_not(situation_for(now, world.actor("clerk_sc"))) if v.allowed
    ]
    world.take(case, "approve", "clerk_sc", {"opinion": "符合"})
    assert Case.objects.get(pk=case.pk).state == "decided"


def test_whoever_had_the_page_open_is_told(world: World, operator: Actor) -> None:
    case = journeys.collected(world, when=WHEN).case
    old, new = versions(world)
    carry_on(begin_moving(old=old, new=new, plan=PLAN, actor=operator), actor=operator)
    with pytest.raises(Stale) as told:
        perform(case.pk, "forward", actor=world.actor("clerk_cq"), token=case.seq, data={})
    assert told.value.last is not None
    assert "改按新版本办理" in moved_by(told.value.last)
    lines = ledger_lines(case, world)
    assert any("改按事项新版本办理" in line for line in lines)


def ledger_lines(case: Case, world: World) -> list[str]:
    """What the window reads in the case's ledger."""
    client = Client()
    client.force_login(world.people["clerk_cq"])
    page = client.get(f"/desk/{case.number}/").content.decode()
    return page.splitlines()


def test_a_dry_run_says_the_same_and_writes_nothing(world: World) -> None:
    good = journeys.collected(world, when=WHEN).case
    bad = journeys.collected(world, when=WHEN).case
    Case.objects.filter(pk=bad.pk).update(data={**bad.data, "bank_card": None})
    old, new = versions(world)
    fits = {fit.case.pk: fit for fit in dry_run(Road(old, new, PLAN))}
    assert fits[good.pk].fits
    assert fits[bad.pk].reasons == ["字段 bank_card（收款银行卡号）：请填写收款银行卡号"]
    assert Case.objects.get(pk=good.pk).seq == good.seq
    assert not MovedCase.objects.exists()


def test_a_killed_moving_goes_on_where_it_stopped(
    world: World, operator: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = journeys.collected(world, when=WHEN).case
    copies_of(case, 5)
    old, new = versions(world)
    moving = begin_moving(old=old, new=new, plan=PLAN, actor=operator)
    kept, calls = door.move_one, list[int]()

    def killed(*args: Any, **more: Any) -> str:
        if len(calls) == 2:
            raise KeyboardInterrupt
        calls.append(1)
        return kept(*args, **more)

    monkeypatch.setattr(door, "move_one", killed)
    with pytest.raises(KeyboardInterrupt):
        carry_on(moving, actor=operator)
    monkeypatch.setattr(door, "move_one", kept)
    again = begin_moving(old=old, new=new, plan=PLAN, actor=operator)
    assert again == moving
    assert carry_on(again, actor=operator).moved == 4
    assert again.finished_at is not None
    assert MovedCase.objects.filter(moving=moving, result="moved").count() == 6
    assert not carry_on(again, actor=operator).moved


def test_a_seat_is_routed_anew_only_where_that_is_asked(world: World, operator: Actor) -> None:
    case = journeys.collected(world, when=WHEN).case
    definition = world.matter(SUBSIDY).definition
    seats = [
        s | {"office_kind": "health"} if s["seat"] == "owner" else s for s in definition["seats"]
    ]
    old, new = versions(world, seats=seats)
    (stays,) = dry_run(Road(old, new, MovePlan()))
    assert stays.columns["seats"] == case.seats
    plan = MovePlan(seats={"owner": "route"})
    carry_on(begin_moving(old=old, new=new, plan=plan, actor=operator), actor=operator)
    moved = Case.objects.get(pk=case.pk)
    assert moved.office_of("owner") == world.office("511702", "health").pk
    assert moved.office_of("collector") == case.office_of("collector")
    # Who has seen the case goes on seeing it.
    assert set(case.office_ids) < set(moved.office_ids)


def test_a_plan_that_fits_neither_version_is_refused_in_words(world: World) -> None:
    old, new = versions(world)
    wrong = MovePlan(
        states={"nowhere": "collected"}, stages={"decide": "gone"}, fields={"phone": "care"},
        defaults={"care": "flying"}, seats={"owner": "judge"},
    )  # fmt: skip
    said = "\n".join(problems_of_plan(wrong, old, new))
    for words in (
        "状态 nowhere", "环节 gone", "岗位 owner 取自 judge", "phone 的类型是 phone",
        "字段 beneficiary_name（残疾人姓名）：新版本没有这个字段", "缺省 care（护理情况）",
    ):  # fmt: skip
        assert words in said
    with pytest.raises(door.NotMoved):
        begin_moving(old=old, new=new, plan=wrong, actor=SYSTEM)
    new.valid_from += dt.timedelta(days=5)
    assert "起生效，到那天才能搬迁" in problems_of_plan(PLAN, old, new)[0]


def test_what_is_kept_for_the_way_back_turns_with_the_keys(
    world: World, operator: Actor, settings: Settings
) -> None:
    last_year, this_year = ("2025", os.urandom(32)), ("2026", os.urandom(32))
    settings.PERSONAL_DATA_KEYS = [last_year]
    case = journeys.collected(world, when=WHEN).case
    old, new = versions(world)
    moving = begin_moving(old=old, new=new, plan=PLAN, actor=operator)
    carry_on(moving, actor=operator)
    settings.PERSONAL_DATA_KEYS = [this_year, last_year]
    rotate()
    settings.PERSONAL_DATA_KEYS = [this_year]
    assert revert(moving, actor=operator).reverted == 1
    back = Case.objects.get(pk=case.pk)
    assert opened_data(definition_of(old.pk), back.data)["phone"] == ANSWERS["phone"]


def test_only_operators_move_cases(world: World) -> None:
    old, new = versions(world)
    with pytest.raises(door.NotMoved):
        begin_moving(old=old, new=new, plan=PLAN, actor=world.actor("head_cq"))


def test_the_command_tries_moves_and_takes_back(world: World, tmp_path: Path) -> None:
    case = journeys.collected(world, when=WHEN).case
    old, _ = versions(world)
    table = tmp_path / "map.yaml"
    table.write_text(
        "stages: {decide: review}\nfields: {beneficiary_name: person_name}\n"
        "drop: [disability_level]\ndefaults: {care: self}\n"
    )

    def run(*more: str) -> str:
        out = StringIO()
        call_command(
            "migrate_cases", old.matter.slug, "--from", "1", "--to", "2", *more, stdout=out
        )
        return out.getvalue()

    assert f"{case.number} 可搬：当前环节期限由" in run("--map", str(table), "--dry-run")
    assert "试算：可搬 1 件，不适合 0 件" in run("--map", str(table), "--dry-run")
    assert "已搬 1 件，未搬 0 件" in run("--map", str(table))
    assert Case.objects.get(pk=case.pk).events.latest("seq").actor_kind == "system"
    assert "已恢复 1 件" in run("--revert", "--case", case.number)
    with pytest.raises(CommandError, match="请写明改名或舍弃"):
        run("--dry-run")
