"""Pauses and people: who ends one, once, whoever else is at the case."""

from __future__ import annotations

from typing import cast

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from matters.catalogue.pinned import definition_of
from tests import journeys
from tests.cases.threads import at_once
from tests.world import World, at
from workflows.cases.explained import explained
from workflows.cases.flow import Flow
from workflows.cases.ledger import first_break
from workflows.cases.models import Case, Event, Suspension
from workflows.cases.perform import NotAllowed, Stale, perform
from workflows.cases.time_ledger import time_ledger

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


@pytest.mark.django_db(transaction=True)
def test_a_supplement_handed_in_at_home_and_at_the_window_at_once_counts_once(
    two_provinces: World,
) -> None:
    case = journeys.supplementing(two_provinces).case
    items = {"items": journeys.owed_papers(case)}
    home, window = two_provinces.actor("citizen"), two_provinces.actor("clerk_cq")
    results = at_once(
        lambda: perform(case.pk, "supplement", actor=home, data=items, token=case.seq),
        lambda: perform(case.pk, "supplement", actor=window, data=items, token=case.seq),
    )
    assert sorted(isinstance(r, Stale) for r in results) == [False, True]
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.suspended_as) == ("reviewing", "")
    assert Event.objects.filter(case=case, step="supplement").count() == 1
    assert Suspension.objects.get().ended_at is not None
    assert case.promise_due_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_procedure_ends_and_the_applicant_withdraws_at_once(two_provinces: World) -> None:
    world = two_provinces
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    journey = journeys.begin(world, LICENCE).take("accept", "hr_sc")
    journey.take("start_special", "hr_sc", procedure="专家评审", reason="需评审")
    case, clerk, citizen = journey.case, world.actor("hr_sc"), world.actor("citizen")
    reason = {"reason": "示范"}
    results = at_once(
        lambda: perform(case.pk, "end_special", actor=clerk, data=reason, token=case.seq),
        lambda: perform(case.pk, "withdraw", actor=citizen, data=reason, token=case.seq),
    )
    assert sum(isinstance(r, Stale | NotAllowed) for r in results) == 1
    assert not Suspension.objects.filter(ended_at=None).exists()
    assert Case.objects.get(pk=case.pk).suspended_as == ""
    assert first_break(list(case.events.order_by("seq"))) is None


def test_a_case_is_never_paused_twice_over(world: World) -> None:
    """The second guard, in the database: the first is that a paused case takes no such step."""
    case = journeys.supplementing(world).case
    with pytest.raises(IntegrityError, match="one_open_suspension"), transaction.atomic():
        Suspension.objects.create(
            case=case, kind="special", reason="再停一次", started_at=case.entered_at, seq=case.seq
        )


def test_a_withdrawn_case_leaves_no_pause_open(world: World) -> None:
    journey = journeys.supplementing(world).take("withdraw", "citizen", reason="不办了")
    assert Suspension.objects.get().ended_at == journey.now
    assert (journey.case.suspended_as, journey.case.next_alarm_at) == ("", None)


def test_suspensions_and_extensions_are_listed_with_ground_and_days(world: World) -> None:
    """On the desk by name, to the applicant by office; what did not count, in each clock's own unit."""
    for who, name, role in (("hr_sc", "通人社", "clerk"), ("hr_head", "通人社长", "head")):
        world.post(who, name, "511702", "human_resources", role)
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00")
    journey.take("accept", "hr_sc", "2026-05-11 10:00")
    journey.take("extend", "hr_head", "2026-05-12 10:00", reason="情况复杂")
    special = {"procedure": "专家评审", "reason": "需评审"}
    journey.take("start_special", "hr_sc", "2026-05-13 09:00", **special)
    journey.take("end_special", "hr_sc", "2026-05-18 09:00", reason="已评审")
    case = cast(Flow, journey.case)
    events = list(case.events.order_by("seq"))
    ledger = time_ledger(case, definition_of(case.version_id), events, at("2026-05-20 09:00"))
    (suspended,), (extension,) = ledger.suspensions, ledger.extensions
    # 14, 15 and 18 May; the weekend counts for no clock of working days.
    assert dict(suspended.left_out)["法定时限"] == "3 个工作日"
    assert (suspended.kind, suspended.reason, bool(suspended.basis)) == ("特别程序", "需评审", True)
    assert "法定时限" in extension.clocks
    assert (extension.by, extension.approved_by) == ("通人社长", "通人社长")
    assert (extension.reason, bool(extension.basis)) == ("情况复杂", True)
    assert [e.limit for e in explained(case, "statutory", definition_of(case.version_id)).extended]
    client = Client()
    client.force_login(world.people["hr_head"])
    assert "通人社长批准" in client.get(f"/desk/{case.number}/").content.decode()
    client.force_login(world.citizen)
    mine = client.get(f"/my/{case.number}/").content.decode()
    listed = mine.partition("中止和延长")[2].partition("</section>")[0]
    assert "经负责人批准" in listed
    assert "通人社长" not in listed
    for clock in ("promise", "hop", "statutory"):
        page = client.get(f"/my/{case.number}/clock/{clock}/")
        assert (page.status_code == 200) == (clock in case.clocks)
