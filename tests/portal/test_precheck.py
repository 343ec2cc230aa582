"""先问几句: can it be done, with which papers, from which day, or by which other way."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from matters.catalogue.consistency import problems_of
from matters.catalogue.definition import Definition
from matters.catalogue.models import MatterVersion
from matters.catalogue.papers import is_known, papers_for
from matters.catalogue.situations import DayFrom, finding
from tests.cases.threads import at_once
from tests.portal.applying import Applying, shown
from tests.portal.asking import PRECHECK, YES, asking
from tests.world import LIN_ID, World, answers_for, at, build_world, planned_matters
from tongban.notices.models import Notice
from workflows.cases.models import Case, Draft, Material
from workflows.cases.opening import Application, NotTheWay, PartyInput, open_case
from workflows.flows.simulation.situations import situation
from workflows.portal import reminders
from workflows.portal.models import Reminder


@pytest.fixture
def version(world: World) -> MatterVersion:
    return asking(world)


def path(version: MatterVersion, **answers: str) -> str:
    return f"/matters/{version.matter.slug}/check/?{urlencode(answers)}"


def test_it_asks_one_question_a_page_and_leaves_out_what_does_not_apply(
    version: MatterVersion,
) -> None:
    client = Client()
    page = shown(client.get(path(version)))
    assert "您有残疾人证吗" in page
    assert "哪天到期" not in page
    on = client.get(path(version, asking="has_card", has_card="no"))
    assert "残疾等级" in shown(client.get(on["Location"])), "no card, no day on which it ends"
    on = client.get(path(version, asking="has_card", has_card="yes"))
    assert "哪天到期" in shown(client.get(on["Location"]))


def test_a_wrong_answer_is_named_and_the_others_stay(version: MatterVersion) -> None:
    client = Client()
    parts = {"card_until_year": "2027", "card_until_month": "13", "card_until_day": "1"}
    page = shown(client.get(path(version, asking="card_until", has_card="yes", **parts)))
    assert "没有这一天" in page
    assert 'name="has_card" value="yes"' in page
    parts["card_until_month"] = "6"
    answer = client.get(path(version, asking="card_until", has_card="yes", **parts))
    kept = parse_qs(urlsplit(answer["Location"]).query)
    assert kept == {"has_card": ["yes"], "card_until": ["2027-06-01"]}


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", "0001-01-01", "x" * 5000, "\x00"])
def test_what_is_no_answer_is_asked_again(version: MatterVersion, hostile: str) -> None:
    page = Client().get(path(version, has_card="yes", card_until=hostile))
    assert page.status_code == 200
    assert "哪天到期" in shown(page)
    assert "<script>alert" not in shown(page)


def test_it_can_be_done_with_exactly_the_papers_of_this_situation(version: MatterVersion) -> None:
    alone = shown(Client().get(path(version, **YES)))
    assert "您可以办" in alone
    assert "授权委托书" not in alone
    assert "年满18周岁" not in alone
    agent = shown(Client().get(path(version, **YES | {"by_agent": "yes"})))
    assert "授权委托书" in agent
    assert "受托人须年满18周岁" in agent


def test_another_way_says_where_to(version: MatterVersion, world: World) -> None:
    no = {"has_card": "no", "disability_level": "first", "by_agent": "no"}
    page = shown(Client().get(path(version, **no)))
    assert "请走另一条路" in page
    assert "tel:12385" in page
    assert "残疾人证新办" in page


def later(version: MatterVersion, until: dt.date) -> str:
    return path(version, **YES | {"disability_level": "fourth", "card_until": until.isoformat()})


def test_not_before_a_day_that_follows_from_an_answer(version: MatterVersion) -> None:
    day = timezone.localdate() + dt.timedelta(days=100)
    until = day + dt.timedelta(days=90)
    page = shown(Client().get(later(version, until)))
    assert f"{day.year}年{day.month}月{day.day}日起可以办" in page
    assert "登录后设置提醒" in page
    assert "您可以办" in shown(Client().get(later(version, until - dt.timedelta(days=100))))


@pytest.mark.parametrize(
    ("answer", "months", "days", "on"),
    [
        ("2027-06-01", 0, -90, dt.date(2027, 3, 3)),
        ("2026-08-31", 6, 0, dt.date(2027, 2, 28)),
        ("2027-08-31", 6, 0, dt.date(2028, 2, 29)),
        ("2026-12-15", 1, 1, dt.date(2027, 1, 16)),
        ("2026-03-31", -1, 0, dt.date(2026, 2, 28)),
        ("nothing", 1, 0, None),
        ("9999-12-31", 1, 0, None),
    ],
)
def test_a_day_is_reckoned_by_the_calendar(
    answer: str, months: int, days: int, on: dt.date | None
) -> None:
    assert DayFrom(field="x", months=months, days=days).on({"x": answer}) == on


def test_the_reminder_comes_once_and_not_before_its_day(
    version: MatterVersion, world: World, lin: Client
) -> None:
    day = timezone.localdate() + dt.timedelta(days=100)
    page = later(version, day + dt.timedelta(days=90))
    remind = page.replace("/check/", "/check/remind/")
    for _ in range(2):
        assert lin.post(remind).status_code == 302
    assert "已设置提醒" in shown(lin.get(page))
    morning = timezone.make_aware(dt.datetime.combine(day, dt.time(8)))
    assert reminders.send_reminders(now=morning - dt.timedelta(minutes=1)) == 0
    assert reminders.send_reminders(now=morning) == 1
    assert reminders.send_reminders(now=morning) == 0
    told = Notice.objects.get(user=world.citizen, template="can_be_done")
    assert told.context["matter"] == version.matter.name
    assert version.matter.name in shown(lin.get(f"/inbox/{told.pk}/"))


def test_a_reminder_can_be_taken_back(version: MatterVersion, lin: Client) -> None:
    page = later(version, timezone.localdate() + dt.timedelta(days=190))
    remind = page.replace("/check/", "/check/remind/")
    lin.post(remind)
    lin.post(remind, {"do": "forget"})
    assert not Reminder.objects.exists()
    assert Client().post(remind).status_code == 302
    assert not Reminder.objects.exists(), "nobody is signed in"


def _one_due() -> dt.datetime:
    world = build_world()
    version = asking(world)
    day = dt.date(2026, 12, 1)
    reminders.remind(user=world.citizen, matter=version.matter, on=day)
    return timezone.make_aware(dt.datetime.combine(day, dt.time(9)))


def test_two_sweeps_at_once_remind_once(transactional_db: None) -> None:
    now = _one_due()
    sent = at_once(*[lambda: reminders.send_reminders(now=now)] * 2)
    assert sorted(str(each) for each in sent) == ["0", "1"]
    assert Notice.objects.filter(template="can_be_done", channel="inbox").count() == 1


def test_without_lock_and_key_two_sweeps_would_remind_twice(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The twin: nobody locks the row, and each notice has a key of its own."""
    now = _one_due()
    both, sweep = threading.Barrier(2, timeout=10), threading.local()

    def unlocked(self: Any, **_: Any) -> Any:
        return self

    real = reminders._owed

    def owed(reminder: Reminder) -> Any:
        both.wait()
        sweep.key = threading.get_ident()
        return [
            type(each)(**{**each.__dict__, "event_key": f"{each.event_key}:{sweep.key}"})
            for each in real(reminder)
        ]

    monkeypatch.setattr("django.db.models.QuerySet.select_for_update", unlocked)
    monkeypatch.setattr(reminders, "_owed", owed)
    at_once(*[lambda: reminders.send_reminders(now=now)] * 2)
    assert Notice.objects.filter(template="can_be_done", channel="inbox").count() == 2


def test_nothing_is_begun_without_the_answers(version: MatterVersion, lin: Client) -> None:
    begin = f"/matters/{version.matter.slug}/apply/"
    assert lin.get(begin)["Location"] == path(version).rstrip("?")
    assert lin.post(begin, {}).status_code == 302
    assert lin.post(f"{begin}?{urlencode({'has_card': 'no'})}").status_code == 302
    assert not Draft.objects.exists()


def window(world: World) -> int:
    return int(world.office("500101", "service_center").pk)


def test_the_answers_are_carried_into_the_application_and_not_asked_again(
    world: World, version: MatterVersion, lin: Client
) -> None:
    applying = Applying(lin, version, **YES | {"by_agent": "yes"})
    assert applying.draft.data == {"disability_level": "first"}
    form = shown(applying.get("form/"))
    assert 'type="hidden" name="disability_level" value="first"' in form
    assert "残疾等级" not in form.split("<form")[-1].split('name="disability_level"')[0][-200:]
    applying.for_myself()
    applying.at_window(window(world))
    answers = answers_for(version)
    del answers["disability_level"]
    applying.post("form/", **answers)
    assert "授权委托书" in shown(applying.get("papers/"))
    applying.post("papers/", way="window")
    check = shown(applying.get("check/"))
    assert "办理情形" in check
    assert "是请人代办吗" in check
    applying.hand_in()
    case = Case.objects.get()
    assert case.facts["situation"]["by_agent"] == "yes"
    assert case.data["disability_level"] == "first"
    names = list(Material.objects.filter(case=case).order_by("id").values_list("name", flat=True))
    assert names == ["身份证", "残疾人证", "授权委托书"]


def test_the_window_asks_for_the_papers_of_this_situation_only(
    world: World, version: MatterVersion, lin: Client
) -> None:
    applying = Applying(lin, version, **YES)
    applying.whole(window(world))
    applying.hand_in()
    case = Case.objects.get()
    papers = list(Material.objects.filter(case=case).values_list("pk", flat=True))
    assert len(papers) == 2, "no agent, no authority"
    world.take(case, "collect", "clerk_cq", {"identity_checked": "on", "papers": papers})


def test_changed_answers_change_the_draft(
    world: World, version: MatterVersion, lin: Client
) -> None:
    applying = Applying(lin, version, **YES)
    changed = urlencode(YES | {"by_agent": "yes", "disability_level": "second"})
    lin.post(f"/apply/{applying.key}/situation/?{changed}")
    assert applying.draft.data["disability_level"] == "second"
    assert "授权委托书" in shown(applying.get("papers/"))
    no = urlencode(YES | {"has_card": "no"})
    lin.post(f"/apply/{applying.key}/situation/?{no}")
    assert applying.draft.answers["situation"]["has_card"] == "yes", "that way leads elsewhere"


def test_what_cannot_be_done_yet_is_not_taken_in_whoever_hands_it_in(
    world: World, version: MatterVersion
) -> None:
    far = {**YES, "disability_level": "fourth", "card_until": "2040-01-31"}
    application = Application(
        draft_key=uuid.uuid4(),
        version=version,
        origin_region="500101",
        parties=[PartyInput("applicant", "林晓梅", user=world.citizen, id_number=LIN_ID)],
        data=answers_for(version, disability_level="fourth"),
        situation=far,
    )
    with pytest.raises(NotTheWay) as refused:
        open_case(application, actor=world.actor("citizen"))
    assert refused.value.finding.from_on == dt.date(2039, 11, 2)
    assert not Case.objects.exists()


def test_an_application_without_the_answers_lists_what_may_be_needed(world: World) -> None:
    """A window or another system that asked none of it: nothing is lost, nothing is demanded."""
    case = world.open(asking(world), at=at("2026-04-01 10:00"))
    owed = dict(Material.objects.filter(case=case).values_list("name", "is_required"))
    assert owed == {"身份证": True, "残疾人证": True, "授权委托书": False}


def test_data_that_does_not_hold_together_is_refused(version: MatterVersion) -> None:
    stored = version.definition
    wrong = {
        **PRECHECK,
        "outcomes": [
            {"kind": "later", "text": "x"},
            {"kind": "other", "text": "x", "when": [{"field": "nobody"}]},
            {"kind": "can", "text": "x", "since": {"field": "has_card"}},
        ],
    }
    definition = Definition.model_validate({**stored, "precheck": wrong})
    found = "\n".join(problems_of(definition, version.flow))
    for said in ("须写 before", "须写 matter", "取决于 nobody", "推算日期"):
        assert said in found, found
    assert not list(problems_of(Definition.model_validate(stored), version.flow))


def test_every_real_matter_that_asks_can_be_done_by_somebody() -> None:
    """And each of its other outcomes leads somewhere that is there."""
    planned = [p for p in planned_matters() if p.definition.precheck]
    names = {p.fact.name for p in planned_matters()}
    assert len(planned) >= 8
    for each in planned:
        precheck = each.definition.precheck
        assert precheck is not None
        answers = situation(each.definition, dt.date(2026, 11, 21), Random(1))
        assert is_known(each.definition, answers), each.fact.name
        ways = {outcome.matter for outcome in precheck.outcomes if outcome.matter}
        assert ways <= names, each.fact.name


def test_every_paper_of_a_situation_is_one_of_the_matter(version: MatterVersion) -> None:
    definition = Definition.model_validate(version.definition)
    assert [p.code for p in papers_for(definition, YES)] == ["identity", "disability_card"]
    assert definition.precheck is not None
    assert finding(definition.precheck, YES, dt.date(2026, 5, 1)).kind == "can"
