"""The morning's e-mail to clerks: right, once, only to who wants it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from tests import journeys
from tests.world import World, at
from tongban.notices.models import Notice, Preference
from tongban.notices.rendering import render
from workflows.desk.digest.contents import digest_of
from workflows.desk.digest.sending import send_digest, send_digests

MORNING = "2026-04-01 07:45"


@pytest.fixture
def reader(world: World, settings: Any) -> Any:
    """The clerk of 通川 who wants the digest."""
    settings.EMAIL_HOST = "mail.example.com"
    clerk = world.people["clerk_sc"]
    clerk.email = "clerk@example.com"
    clerk.save()
    Preference.objects.create(user=clerk, digest=True)
    return clerk


def digests() -> list[Notice]:
    return list(Notice.objects.filter(template="digest"))


def test_it_tells_what_is_late_and_what_is_due_today(world: World, reader: Any) -> None:
    case = journeys.arrived(world).case
    due = case.due_at
    assert due is not None
    clerk = world.actor("clerk_sc")

    before = {g.title: g.count for g in digest_of(clerk, due - dt.timedelta(hours=10))}
    after = {g.title: g.count for g in digest_of(clerk, due)}

    assert before == {"今天到期": "1"}
    assert after == {"已超时限（红灯）": "1"}
    assert digest_of(world.actor("clerk_cq"), due) == []


def test_a_colleagues_claimed_case_is_not_in_it(world: World, reader: Any) -> None:
    case = journeys.arrived(world).case
    assert case.due_at is not None
    world.post("clerk_2", "周二", "511702", "civil_affairs", "clerk")
    type(case).objects.filter(pk=case.pk).update(claimed_by=world.people["clerk_2"])

    assert digest_of(world.actor("clerk_sc"), case.due_at) == []


def test_each_who_wants_it_is_owed_one_a_day_and_it_names_nobody(world: World, reader: Any) -> None:
    case = journeys.arrived(world).case
    assert case.due_at is not None
    send_digest(reader.pk, case.due_at)
    send_digest(reader.pk, case.due_at)

    [notice] = digests()
    words = render(notice)
    assert (notice.channel, notice.user_id) == ("email", reader.pk)
    assert case.number in words.body
    assert "林晓梅" not in words.body
    assert words.subject.startswith("每日摘要：2026年")
    assert notice.useful_until is not None


def test_who_does_not_want_it_gets_none(world: World, reader: Any) -> None:
    Preference.objects.update(digest=False)
    send_digests(at(MORNING))
    assert digests() == []


def test_a_day_off_is_left_in_peace(world: World, reader: Any) -> None:
    assert send_digests(at("2026-05-02 07:45"))
    assert digests() == []


def test_the_page_switches_it_on_and_off_and_shows_it(world: World) -> None:
    client = Client()
    client.force_login(world.people["clerk_cq"])
    page = client.get("/desk/digest/").content.decode()
    assert "未开通" in page
    assert "还没有登记电子邮箱" in page
    client.post("/desk/digest/", {"wanted": "1"})
    assert Preference.objects.get().digest
    client.post("/desk/digest/", {"wanted": "0"})
    assert not Preference.objects.get().digest
    stranger = Client()
    stranger.force_login(world.people["citizen"])
    assert stranger.get("/desk/digest/").status_code == 404


def test_a_supplement_that_came_back_is_in_it(world: World, reader: Any) -> None:
    journey = journeys.supplementing(world)
    clerk = world.actor("clerk_sc")
    assert digest_of(clerk, journey.now) == []
    journey.take("supplement", "citizen", items=journeys.owed_papers(journey.case))
    assert [g.title for g in digest_of(clerk, journey.now)] == ["补正材料已交回"]
