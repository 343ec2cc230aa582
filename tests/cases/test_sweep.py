"""The deadline sweep: each colour told once, timers taken once, one bad row alone with its trouble."""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.test import override_settings
from kombu.pools import producers

from tests import journeys
from tests.cases.threads import at_once
from tests.notices.conftest import PATIENCE, Mailbox, MailServer
from tests.world import LIN_ID, SUBSIDY, World, at
from tongban.celery import worker_command
from tongban.notices.hints import broker
from tongban.notices.models import Notice
from workflows.cases import sweep as sweeping
from workflows.cases.models import Case, Event
from workflows.cases.opening import PartyInput
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.tasks import sweep

LICENCE = "经营性人力资源服务机构从事职业中介活动许可（县级）"


def collected(world: World) -> Case:
    """At a 万州 window since 11 May 2026: three working days, yellow on the 14th, red from the 15th."""
    return journeys.collected(world, when="2026-05-11 09:00").case


def told(colour: str) -> list[str]:
    """Who got the word, by user name."""
    notices = Notice.objects.filter(template=f"deadline_{colour}").select_related("user")
    return sorted(notice.user.username for notice in notices if notice.user)


def test_each_colour_is_told_once_to_those_who_can_do_something(world: World) -> None:
    collected(world)
    assert sweep_deadlines(now=at("2026-05-13 23:59")).cases == 0
    assert sweep_deadlines(now=at("2026-05-14 08:00")).colours == 3
    assert sweep_deadlines(now=at("2026-05-14 08:01")).colours == 0
    assert told("yellow") == ["clerk-cq", "clerk-cq-2", "head-cq"]
    assert told("escalated") == []
    assert sweep_deadlines(now=at("2026-05-15 00:00")).colours == 4
    assert sweep_deadlines(now=at("2026-05-18 09:00")).colours == 0
    assert told("red") == ["clerk-cq", "clerk-cq-2", "head-cq"]
    # The window is in 重庆; the other province's supervisor has nothing to do with it.
    assert told("escalated") == ["supervisor-cq"]


def test_a_colleague_who_claimed_it_and_the_head_are_told_of_yellow(world: World) -> None:
    case = collected(world)
    world.take(case, "claim", "clerk_cq_2", at=at("2026-05-12 09:00"))
    sweep_deadlines(now=at("2026-05-14 08:00"))
    assert told("yellow") == ["clerk-cq-2", "head-cq"]


def test_after_an_outage_red_is_told_and_yellow_is_not(world: World) -> None:
    collected(world)
    sweep_deadlines(now=at("2026-05-20 08:00"))
    assert (told("yellow"), len(told("red"))) == ([], 3)


def test_a_step_between_the_due_moment_and_the_sweep_swallows_no_colour(world: World) -> None:
    case = collected(world)
    world.take(case, "remark", "clerk_cq", {"text": "已电话联系"}, at=at("2026-05-15 08:00"))
    sweep_deadlines(now=at("2026-05-15 08:01"))
    assert len(told("red")) == 3


def test_who_takes_a_case_over_is_not_told_what_was_told_before(world: World) -> None:
    """Red of the 15th went to the window; a later alarm tells the next colour and not that one again."""
    case = collected(world)
    sweep_deadlines(now=at("2026-05-15 08:00"))
    world.post("clerk_cq_3", "万新人", "500101", "service_center", "clerk")
    sweep_deadlines(now=at("2026-06-10 08:00"))
    reds = Notice.objects.filter(template="deadline_red", user=world.people["clerk_cq_3"])
    assert [notice.context["clock"] for notice in reds] == ["承诺时限"]
    assert Case.objects.get(pk=case.pk).next_alarm_at is None


def test_more_time_brings_a_new_yellow_and_a_new_red(world: World) -> None:
    for who, role in (("hr_sc", "clerk"), ("hr_head", "head")):
        world.post(who, who, "511702", "human_resources", role)
    journey = journeys.begin(world, LICENCE, "2026-05-11 09:00")
    journey.take("accept", "hr_sc", "2026-05-11 10:00")
    sweep_deadlines(now=at("2026-06-08 08:00"))
    before = Notice.objects.filter(template="deadline_yellow", context__clock="法定时限").count()
    journey.take("extend", "hr_head", "2026-06-08 10:00", reason="情况复杂")
    sweep_deadlines(now=at("2026-06-23 08:00"))
    after = Notice.objects.filter(template__startswith="deadline_", context__clock="法定时限")
    # Besides, the supervisor hears of the new red.
    assert (before, after.exclude(template="deadline_escalated").count()) == (2, 4)
    assert told("escalated") == ["supervisor-sc"]


def test_the_family_is_told_of_its_own_time_but_not_a_mere_contact(world: World) -> None:
    parties = [
        PartyInput(role="applicant", name="林晓梅", user=world.citizen, id_number=LIN_ID),
        PartyInput(role="guardian", name="周晓燕", user=world.daughter),
        PartyInput(role="contact", name="路人甲", user=world.outsider),
    ]
    matter = world.matter(SUBSIDY, supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when="2026-05-11 09:00", parties=parties)
    service = {"way": "phone", "succeeded": "yes", "receiver": "林晓梅"}
    journey.take("record_service", "clerk_sc", "2026-05-12 10:00", **service)
    sweep_deadlines(now=at("2026-05-20 08:00"))
    assert told("own_red") == ["citizen", "daughter"]


def spoil(case: Case) -> None:
    """A row that no sweep can read: its promise is due at no moment."""
    clocks = {**case.clocks, "promise": {**case.clocks["promise"], "due_at": "gestern"}}
    Case.objects.filter(pk=case.pk).update(clocks=clocks)


def test_one_bad_row_stops_nothing_else_and_uses_up_nothing(world: World) -> None:
    spoil(collected(world))
    spoil(collected(world))
    sound = collected(world)
    swept = sweep_deadlines(now=at("2026-05-20 08:00"), limit=1)
    assert (swept.cases, swept.failed, swept.colours) == (1, 2, 4)
    assert set(Notice.objects.filter(template="deadline_red").values_list("subject_key")) == {
        (sound.number,)
    }


def test_a_timer_that_cannot_be_taken_hides_no_colour(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.post("hr_sc", "通人社", "511702", "human_resources", "clerk")
    matter = world.matter(LICENCE, hops={"received": "5G"})
    journeys.begin(world, matter, "2026-05-11 09:00")

    def refusing(*args: object, **more: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(sweeping, "perform", refusing)
    swept = sweep_deadlines(now=at("2026-05-20 08:00"))
    assert (swept.timers, swept.failed, swept.colours) == (0, 1, 2)
    assert (told("red"), told("escalated")) == (["hr-sc"], ["supervisor-sc"])


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_tell_once_and_take_a_timer_once(two_provinces: World) -> None:
    collected(two_provinces)
    licence = journeys.begin(two_provinces, LICENCE, "2026-05-11 09:00").case
    moment = at("2026-05-20 08:00")
    results: list[Any] = at_once(*[lambda: sweep_deadlines(now=moment)] * 3)
    assert (sum(r.colours for r in results), sum(r.timers for r in results)) == (4, 1)
    assert Event.objects.filter(case=licence, step="deem_accepted").count() == 1
    assert len(told("red")) == 3
    assert [r.failed for r in results] == [0, 0, 0]


@pytest.mark.django_db(transaction=True)
def test_without_its_lock_each_of_two_sweeps_would_tell(
    two_provinces: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: both see the alarm, both write; only the notices' own constraint is left."""
    collected(two_provinces)
    both_have_read = threading.Barrier(2)

    def unlocked(case_ids: Sequence[int], moment: dt.datetime) -> list[Case]:
        found = list(Case.objects.filter(pk__in=case_ids, next_alarm_at__lte=moment))
        both_have_read.wait(timeout=10)
        return found

    monkeypatch.setattr(sweeping, "_claimed", unlocked)
    results: list[Any] = at_once(*[lambda: sweep_deadlines(now=at("2026-05-15 08:00"))] * 2)
    assert [r.colours for r in results] == [4, 4]


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_takes_the_timer_and_writes_to_the_citizen(
    two_provinces: World,
    mail_server: MailServer,
    mailbox: Mailbox,
    site_environment: Callable[[], dict[str, str]],
) -> None:
    """视为受理 by a worker of its own, told by e-mail: the same door, through the real broker."""
    with override_settings(EMAIL_HOST=""):
        case = journeys.begin(two_provinces, LICENCE, "2026-05-11 09:00").case
    with producers[broker()].acquire(block=True) as producer:
        sweep.apply_async(producer=producer)
    worker = subprocess.Popen(  # noqa: S603
        worker_command(), env=site_environment(), start_new_session=True
    )
    try:
        mail = mailbox.arrived.get(timeout=PATIENCE)
    finally:
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
    assert case.number in mail.get_content()
    event = Event.objects.get(case=case, step="deem_accepted")
    assert (event.actor_kind, event.at) == ("system", at("2026-05-19 00:00"))
