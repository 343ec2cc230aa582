"""Whom an office must phone while nobody is reached by mail or text message."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.world import World
from tongban.notices.models import Notice, Outage
from workflows.cases.models import Case, Service

CALLS = "/desk/calls/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def case(world: World, settings: pytest.FixtureRequest) -> Case:
    """林晓梅 was asked for a paper half an hour ago; the mail has been out for days."""
    settings.EMAIL_HOST = "mail.test"  # type: ignore[attr-defined]
    now = timezone.localtime()
    began = f"{now - 6 * HOUR:%Y-%m-%d %H:%M}"
    matter = world.matter("困难残疾人生活补贴", supplement="5G")
    journey = journeys.supplementing(world, matter=matter, when=began)
    Outage.objects.create(channel="email", since=now - dt.timedelta(days=3))
    return journey.case


@pytest.fixture
def clerk(world: World) -> Client:
    client = Client()
    client.force_login(world.clerk_sc)
    return client


def test_who_must_be_told_stands_on_the_list_masked(case: Case, clerk: Client) -> None:
    page = clerk.get(CALLS).content.decode()
    assert case.number in page
    assert "林*梅" in page
    assert "林晓梅" not in page
    assert "一次性补正告知书" in page
    assert "告知后起算" in page


def test_who_opened_the_message_or_got_the_mail_is_not_phoned(case: Case, clerk: Client) -> None:
    message = Notice.objects.filter(channel="inbox", template="supplement_required")
    message.update(read_at=timezone.now())
    assert case.number not in clerk.get(CALLS).content.decode()


def test_another_office_has_a_list_of_its_own(case: Case, world: World) -> None:
    client = Client()
    client.force_login(world.clerk_elsewhere)
    assert case.number not in client.get(CALLS).content.decode()


def test_a_call_is_the_service_of_the_paper_and_the_mail_stays_at_home(
    case: Case, clerk: Client
) -> None:
    tick = {"token": case.seq, "answered": "yes", "note": "本人接听"}
    clerk.post(f"{CALLS}{case.number}/", tick)

    served = Service.objects.get()
    assert (served.way, served.succeeded, served.note) == ("phone", True, "本人接听")
    assert served.recorded_by is not None
    after = Case.objects.get(pk=case.pk)
    assert after.facts["unserved"] == []
    # 补正期限 runs from the call.
    assert after.hop_due_at is not None
    letter = Notice.objects.get(channel="email", template="supplement_required")
    assert letter.state == "skipped"
    assert letter.superseded_by == f"case:{case.pk}:{after.seq}"
    clerk.get(CALLS)
    assert case.number not in clerk.get(CALLS).content.decode()


def test_nobody_answered_and_the_next_clerk_sees_it(case: Case, clerk: Client) -> None:
    clerk.post(f"{CALLS}{case.number}/", {"token": case.seq, "answered": "no", "note": ""})
    page = clerk.get(CALLS).content.decode()
    assert "1 次未接通" in page
    assert Notice.objects.get(channel="email", template="supplement_required").state == "pending"


def test_two_who_tick_the_same_row_tell_once(case: Case, clerk: Client) -> None:
    tick = {"token": case.seq, "answered": "yes"}
    clerk.post(f"{CALLS}{case.number}/", tick)
    page = clerk.post(f"{CALLS}{case.number}/", tick, follow=True).content.decode()
    assert "已不在名单上" in page
    assert Service.objects.count() == 1


def test_without_an_outage_there_is_no_list(case: Case, clerk: Client) -> None:
    Outage.objects.update(ended_at=timezone.now() - dt.timedelta(days=2, hours=23))
    assert case.number not in clerk.get(CALLS).content.decode()
    Outage.objects.all().delete()
    assert "都正常" in clerk.get(CALLS).content.decode()
