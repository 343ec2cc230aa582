"""The deadline sweep: each colour told once, timers taken once, one bad row alone with its trouble."""

from __future__ import annotations

import datetime as dt
import subprocess
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from django.db import DataError, connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from kombu.pools import producers

from tests import journeys
from tests.cases.threads import at_once
from tests.notices.conftest import PATIENCE, Mailbox, MailServer
from tests.world import LIN_ID, SUBSIDY, World, at
from tongban.accounts.models import Substitution
from tongban.celery import worker_command
from tongban.notices.hints import broker
from tongban.notices.models import Notice
from tongban.notices.outbox import Owed
from tongban.notices.rendering import render
from workflows.cases import sweep as sweeping
from workflows.cases.colours import People, Turned, notices_of
from workflows.cases.models import Case, Enquiry, Event
from workflows.cases.opening import PartyInput
from workflows.cases.overdue_answers import tell_overdue_answers
from workflows.cases.sweep import sweep_deadlines
from workflows.cases.tasks import sweep
from workflows.cases.timekeeping import is_late

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


def test_whoever_stands_in_for_a_colleague_who_is_away_is_told_too(world: World) -> None:
    world.post("clerk_cq_3", "万替班", "500101", "service_center", "clerk")
    case = collected(world)
    world.take(case, "claim", "clerk_cq_2", at=at("2026-05-12 09:00"))
    Substitution.objects.create(
        office_id=case.holder_office_id or 0, absent=world.people["clerk_cq_2"],
        substitute=world.people["clerk_cq_3"], valid_from=dt.date(2026, 5, 13),
        valid_to=dt.date(2026, 5, 16), reason="出差", made_by=world.people["head_cq"],
        made_at=at("2026-05-12 10:00"),
    )  # fmt: skip
    sweep_deadlines(now=at("2026-05-14 08:00"))
    assert told("yellow") == ["clerk-cq-2", "clerk-cq-3", "head-cq"]


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


def test_six_cases_cost_as_many_statements_as_two(world: World) -> None:
    """Claimed, their people read, told and set to the next alarm: each in one statement."""

    def statements(cases: int) -> list[str]:
        for _ in range(cases):
            collected(world)
        with CaptureQueriesContext(connection) as captured:
            assert sweep_deadlines(now=at("2026-05-15 08:00")).cases == cases
        return [query["sql"] for query in captured]

    statements(1)
    few = statements(2)
    assert len(statements(6)) == len(few)
    # Found, no more found, timers, claimed, people, told, alarms set; and the savepoint.
    assert len([sql for sql in few if "SAVEPOINT" not in sql]) == 7
    # The walk is along the alarm, and the index that has both answers it alone.
    assert "ORDER BY next_alarm_at, id" in few[0]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {few[0]}")
        assert "Index Only Scan using case_alarm" in "".join(row[0] for row in cursor.fetchall())


def test_what_is_left_when_the_time_is_over_is_taken_by_the_next_run(world: World) -> None:
    collected(world)
    assert sweep_deadlines(now=at("2026-05-15 08:00"), seconds=0).cases == 0
    assert sweep_deadlines(now=at("2026-05-15 08:00")).cases == 1


def test_a_statement_that_fails_is_tried_again_case_by_case(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad, sound = collected(world), collected(world)
    really = notices_of

    def failing(found: list[Turned], people: People) -> list[Owed]:
        if any(turn.case.pk == bad.pk for turn in found):
            raise DataError("too long for the column")
        return really(found, people)

    monkeypatch.setattr(sweeping, "notices_of", failing)
    swept = sweep_deadlines(now=at("2026-05-15 08:00"))
    assert (swept.cases, swept.failed, swept.colours) == (1, 1, 4)
    told_of = Notice.objects.filter(template__startswith="deadline_")
    assert set(told_of.values_list("subject_key", flat=True)) == {sound.number}
    assert Case.objects.get(pk=bad.pk).next_alarm_at == bad.next_alarm_at


def test_a_colour_says_which_clock_it_is_of_and_how_long_it_helps(world: World) -> None:
    case = collected(world)
    sweep_deadlines(now=at("2026-05-14 08:00"))
    sweep_deadlines(now=at("2026-05-15 08:00"))
    notices = Notice.objects.filter(user=world.people["head_cq"]).order_by("id")
    yellow, red = notices
    assert {yellow.topic, red.topic} == {f"case:{case.pk}:deadline:hop"}
    assert (yellow.useful_until, red.useful_until) == (at("2026-05-15 00:00"), None)


def test_a_matter_may_want_its_red_light_before_it_is_late(world: World) -> None:
    """Half of the promise of sixteen days used: red, and the supervisor told; nobody is late yet."""
    matter = world.matter(SUBSIDY, yellow_percent=40, red_percent=50)
    case = journeys.collected(world, matter=matter, when="2026-05-11 09:00").case
    sweep_deadlines(now=at("2026-05-21 08:00"))
    case = Case.objects.get(pk=case.pk)
    assert case.light(at("2026-05-13 00:00")) == "red"
    assert (case.due_at, case.deadline_at) == (at("2026-05-13 00:00"), at("2026-05-15 00:00"))
    told_of = Notice.objects.filter(template="deadline_escalated").order_by("id")
    assert [(n.context["clock"], n.context["is_early"]) for n in told_of] == [("环节时限", True)]
    assert "将超时限" in render(told_of[0]).subject
    assert is_late(case, at("2026-05-20 10:00")) is False


def urged(world: World, when: str) -> Enquiry:
    """督办 of a case at the window; three working days to answer."""
    case = collected(world)
    world.take(case, "urge", "supervisor_cq", {"text": "请说明原因"}, at=at(when))
    return Enquiry.objects.get(case=case)


def test_an_unanswered_supervision_is_told_once_to_its_asker_and_the_head(world: World) -> None:
    enquiry = urged(world, "2026-05-12 09:00")
    assert tell_overdue_answers(at("2026-05-15 23:59")) == 0
    assert tell_overdue_answers(at("2026-05-16 00:00")) == 1
    assert tell_overdue_answers(at("2026-05-20 00:00")) == 0
    notices = Notice.objects.filter(template="supervision_overdue").select_related("user")
    assert {n.user.username for n in notices if n.user} == {"supervisor-cq", "head-cq"}
    assert enquiry.case.number in render(notices[0]).subject
    assert "2026年05月15日" in render(notices[0]).body


def test_an_answer_in_time_is_nobodys_trouble(world: World) -> None:
    enquiry = urged(world, "2026-05-12 09:00")
    answer = {"enquiry": str(enquiry.pk), "text": "材料在途"}
    case = Case.objects.get(pk=enquiry.case_id)
    world.take(case, "answer", "clerk_cq", answer, at=at("2026-05-13 09:00"))
    assert tell_overdue_answers(at("2026-05-20 00:00")) == 0


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
