"""More time for those whom an outage cost some: one proposes, another approves."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.world import World
from tongban.notices.models import Notice, Outage
from workflows.cases import bulk
from workflows.cases.extending import NotProposed, affected_by, decide, propose, unfinished
from workflows.cases.models import Case, ExtensionPlan
from workflows.cases.perform import InvalidData

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(world: World, settings: pytest.FixtureRequest) -> Case:
    """林晓梅 has five working days to supplement since this morning; the mail to her is stuck."""
    settings.EMAIL_HOST = "mail.test"  # type: ignore[attr-defined]
    now = timezone.localtime()
    matter = world.matter("困难残疾人生活补贴", supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when=f"{now - 8 * HOUR:%Y-%m-%d %H:%M}")
    journey.take(
        "record_service", "clerk_sc", way="phone", succeeded="yes", receiver="林晓梅", note=""
    )
    return journey.case


@pytest.fixture
def outage(case: Case) -> Outage:
    return Outage.objects.create(channel="email", since=case.opened_at - HOUR)


def proposed(world: World, outage: Outage, by: str = "head_sc") -> ExtensionPlan:
    office = world.office("511702", "civil_affairs")
    return propose(outage=outage, office=office, days=3, reason="邮件中断", actor=world.actor(by))


def test_whose_time_ran_unheard_is_found_and_what_would_change(case: Case, outage: Outage) -> None:
    found = affected_by(outage, days=3)
    assert [each.case.number for each in found] == [case.number]
    assert found[0].was == case.hop_due_at
    assert found[0].then is not None
    assert found[0].then > found[0].was
    # A dry run: nothing has moved.
    assert Case.objects.get(pk=case.pk).clocks == case.clocks
    assert affected_by(outage, days=3, matter="别的事项") == []


def test_who_heard_of_it_before_their_time_began_lost_none(case: Case, outage: Outage) -> None:
    message = Notice.objects.filter(channel="inbox", template="supplement_required")
    message.update(read_at=case.entered_at)
    assert affected_by(outage, days=3) == []


def test_nobody_approves_their_own_nor_another_offices(
    world: World, case: Case, outage: Outage
) -> None:
    plan = proposed(world, outage)
    asked = Notice.objects.filter(template="more_time_asked").values_list("user", flat=True)
    assert set(asked) == {world.supervisor_sc.pk}
    for who in ("head_sc", "head_cq", "clerk_sc", "supervisor_cq"):
        with pytest.raises(NotProposed):
            decide(plan, actor=world.actor(who), approve=True)
    assert affected_by(outage, days=3) == []
    with pytest.raises(NotProposed, match="没有受影响"):
        proposed(world, outage)


def test_what_is_approved_is_given_once_and_told(world: World, case: Case, outage: Outage) -> None:
    plan = proposed(world, outage)
    decide(plan, actor=world.actor("supervisor_sc"), approve=True)
    with pytest.raises(NotProposed, match="审批过"):
        decide(plan, actor=world.actor("supervisor_sc"), approve=False, because="迟了")
    assert unfinished() == [plan.run_id]
    for _ in range(2):
        bulk.go_on(plan.run_id or 0)
    assert unfinished() == []

    after = Case.objects.get(pk=case.pk)
    assert after.hop_due_at == dt.datetime.fromisoformat(plan.cases[0]["then"])
    event = after.events.latest("seq")
    assert (event.step, event.actor_name) == ("extend_applicant", "川督办")
    assert event.data["extension"]["asked_by"] == "通局长"
    told = Notice.objects.get(template="more_time", channel="email")
    assert (told.topic, told.useful_until) == (f"case:{case.pk}:todo", after.hop_due_at)


def test_the_pages_try_propose_and_decide(world: World, case: Case, outage: Outage) -> None:
    head, supervisor = Client(), Client()
    head.force_login(world.head_sc)
    supervisor.force_login(world.supervisor_sc)
    office = world.office("511702", "civil_affairs").pk
    asked = {"outage": outage.pk, "office": office, "days": 3}
    assert case.number in head.get("/desk/extensions/", asked).content.decode()
    head.post("/desk/extensions/", {**asked, "reason": "邮件中断"})
    plan = ExtensionPlan.objects.get()
    address = f"/desk/extensions/{plan.key}/"
    assert "不能审批自己的" in head.get(address).content.decode()
    assert "请写明理由" in supervisor.post(address, {"do": "decline"}).content.decode()
    page = supervisor.post(address, {"do": "approve"}, follow=True).content.decode()
    assert "已延长 1 件" in page


def test_a_head_alone_gives_many_no_time_and_names_nobody_else(
    world: World, case: Case, outage: Outage
) -> None:
    head = Client()
    head.force_login(world.head_sc)
    seq = Case.objects.get(pk=case.pk).seq
    given = {"days": "3", "reason": "邮件中断", "asked_by": "川督办"}
    posted = {
        **given,
        "step": "extend_applicant",
        "case": f"{case.number}:{seq}",
        "asked": "1",
    }
    assert head.post("/desk/batch/", posted).status_code == 400
    with pytest.raises(InvalidData, match="提出人"):
        world.take(case, "extend_applicant", "head_sc", given)
    assert Case.objects.get(pk=case.pk).hop_due_at == case.hop_due_at


def test_whose_case_had_just_moved_may_be_proposed_again(
    world: World, case: Case, outage: Outage
) -> None:
    plan = proposed(world, outage)
    decide(plan, actor=world.actor("supervisor_sc"), approve=True)
    world.take(Case.objects.get(pk=case.pk), "remark", "clerk_sc", {"text": "正在联系本人"})
    bulk.go_on(plan.run_id or 0)
    assert Case.objects.get(pk=case.pk).hop_due_at == case.hop_due_at
    assert [each.case.number for each in affected_by(outage, days=3)] == [case.number]
