"""Progress by a code on the phone: the same answer for numbers that don't exist, and few tries."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests import journeys
from tests.notices.conftest import SmsGateway, first_gateway, start_gateway
from tests.portal.mine import words
from tests.portal.test_progress import NOBODYS
from tests.world import World
from tongban.notices.dispatch import deliver_due
from tongban.notices.models import Notice, PhoneCode
from tongban.notices.sms.codes import opened_by
from workflows.cases.models import Case, Party

__all__ = ["first_gateway", "start_gateway"]

PHONE = "13900005678"


@pytest.fixture
def case(world: World, first_gateway: SmsGateway) -> Case:
    case = journeys.arrived(world).case
    party = Party.objects.get(case=case, role="applicant")
    party.phone = PHONE
    party.save()
    return case


def ask(number: str) -> Any:
    return Client().post("/progress/", {"number": number}, follow=True)


def type_in(code: str) -> Any:
    key = PhoneCode.objects.latest("made_at").pk
    return Client().post(f"/progress/code/{key}/", {"code": code})


def received(gateway: SmsGateway) -> str:
    """The code as the phone shows it, in the middle of the night as by day."""
    deliver_due(channels=["sms"])
    found = re.search(r"验证码(\d{6})", gateway.texts()[-1])
    assert found
    return found[1]


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06}"


def test_the_code_on_the_phone_opens_the_progress_once(
    case: Case, first_gateway: SmsGateway
) -> None:
    ask(case.number)
    code = received(first_gateway)
    page = words(type_in(code))
    assert "属地已签收，待受理" in page
    for hidden in ("林晓梅", PHONE, "困难残疾人生活补贴"):
        assert hidden not in page
    assert "验证码不对或已失效" in words(type_in(code))


def test_numbers_that_do_not_exist_are_answered_alike_and_nothing_is_sent(
    case: Case, first_gateway: SmsGateway, world: World
) -> None:
    other = journeys.arrived(world, waybill="EMS0000000002").case
    Party.objects.filter(case=other).update(phone="", phone_index=None)
    world.people["citizen"].phone = None
    world.people["citizen"].save()
    pages = {words(ask(number)) for number in (case.number, other.number, NOBODYS)}
    assert len(pages) == 1
    assert Notice.objects.filter(template="progress_code").count() == 1
    assert words(type_in("000000")) == words(type_in("000000"))


def test_five_tries_and_no_more_however_right_the_sixth(
    case: Case, first_gateway: SmsGateway
) -> None:
    ask(case.number)
    code = received(first_gateway)
    for _ in range(5):
        assert "验证码不对" in words(type_in(wrong(code)))
    assert "验证码不对" in words(type_in(code))


def test_after_five_minutes_it_opens_nothing_and_is_not_sent_any_more(
    case: Case, first_gateway: SmsGateway
) -> None:
    ask(case.number)
    key = PhoneCode.objects.get().pk
    later = timezone.now() + dt.timedelta(minutes=5, seconds=1)
    assert deliver_due(channels=["sms"], now=later).skipped == 1
    assert first_gateway.took == []
    assert opened_by(key, "123456", at=later) is None


def test_the_code_lies_nowhere_in_the_open_and_is_forgotten_once_sent(
    case: Case, first_gateway: SmsGateway
) -> None:
    ask(case.number)
    code = received(first_gateway)
    kept = PhoneCode.objects.get()
    assert kept.sealed == ""
    assert code not in kept.code_hash
    notice = Notice.objects.get(template="progress_code")
    assert notice.context == {}


def test_who_asks_too_often_waits_and_sends_no_flood(case: Case) -> None:
    for _ in range(5):
        assert ask(case.number).status_code == 200
    answer = ask(case.number)
    assert answer.status_code == 429
    assert Notice.objects.filter(template="progress_code").count() == 5


def test_without_a_gateway_the_last_six_of_the_id_number_stay(
    case: Case, settings: Any, start_gateway: Callable[..., SmsGateway]
) -> None:
    settings.SMS_GATEWAYS = []
    assert "证件号码后六位" in words(Client().get("/progress/"))
    assert Client().get(f"/progress/code/{case.draft_key}/").status_code == 404
