"""不予收件: nobody leaves the window without a written reason."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.desk.conftest import text_of
from tests.desk.counter.conftest import COUNTER, scanned, value_of
from tests.world import LIN_ID, SUBSIDY, World
from workflows.cases.models import TurnedAway
from workflows.desk.counter.turning_away import ADVICE, REASONS

SignedIn = Callable[[str], Client]
FORM, LIST = f"{COUNTER}turn-away/", f"{COUNTER}turned-away/"


def filled(**more: Any) -> dict[str, Any]:
    return {"once": str(uuid.uuid4()), "stock": [REASONS[1]], "ways": [ADVICE[0]], **more}


def test_one_page_writes_down_who_with_what_why_and_where_to_go(
    clerk: Client, window: World
) -> None:
    key = scanned(clerk)
    matter = window.matter(SUBSIDY).matter
    page = clerk.get(f"{FORM}?visit={key}&matter={matter.slug}")
    assert "5001**********0013" in text_of(page)
    typed = filled(once=value_of(page, "once"), reason="残疾人证已过期", person_name="林晓梅")
    answer = clerk.post(f"{FORM}?visit={key}&matter={matter.slug}", typed)
    entry = TurnedAway.objects.get()
    assert entry.reason == f"{REASONS[1]}；残疾人证已过期"
    assert (entry.matter, entry.office) == (matter, window.office("500101", "service_center"))
    assert (entry.clerk, entry.id_number, entry.advice) == (window.clerk_cq, LIN_ID, ADVICE[0])

    slip = clerk.get(answer["Location"])
    text = text_of(slip)
    for said in (
        "不予收件告知单",
        "林晓梅",
        "5001**********0013",
        SUBSIDY,
        "残疾人证已过期",
        ADVICE[0],
    ):
        assert said in text
    assert LIN_ID not in slip.content.decode()


def test_somebody_without_a_card_and_a_matter_is_turned_away_in_writing_too(
    clerk: Client,
) -> None:
    answer = clerk.post(FORM, filled())
    entry = TurnedAway.objects.get()
    assert (entry.matter, entry.id_number, entry.person_name) == (None, "", "")
    assert "________" in text_of(clerk.get(answer["Location"]))


def test_without_a_reason_nobody_is_turned_away(clerk: Client) -> None:
    page = clerk.post(FORM, filled(stock=[], reason="   ", advice="请到二楼"))
    assert "请选择或写明不予收件的理由" in text_of(page)
    assert "请到二楼" in page.content.decode()
    assert not TurnedAway.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"stock": ["<script>"]}, "请从列出的理由中选择"),
        ({"reason": "长" * 501}, "最多500个字符"),
        ({"reason": f"来人 {LIN_ID}"}, "这里像是误扫了身份证"),
        ({"person_name": "a<b>"}, "姓名只能有汉字"),
    ],
)
def test_hostile_and_wrong_values_are_told(clerk: Client, wrong: dict[str, Any], told: str) -> None:
    page = clerk.post(FORM, filled(**wrong))
    assert told in text_of(page)
    assert not TurnedAway.objects.exists()


def test_the_same_form_sent_twice_is_one_entry(clerk: Client) -> None:
    typed = filled()
    first, second = clerk.post(FORM, typed), clerk.post(FORM, typed)
    assert first["Location"] == second["Location"]
    assert TurnedAway.objects.count() == 1


def test_a_broken_address_is_no_error(clerk: Client) -> None:
    assert clerk.get(f"{FORM}?visit=nonsense&matter=%00").status_code == 200
    assert clerk.post(FORM, filled(once="nonsense")).status_code == 302


def test_the_list_of_today_is_this_offices(clerk: Client, at: SignedIn, window: World) -> None:
    clerk.post(FORM, filled(person_name="林晓梅"))
    yesterday = TurnedAway.objects.create(
        office=window.office("500101", "service_center"), clerk=window.clerk_cq,
        reason="昨天的", at=timezone.now() - dt.timedelta(days=1),
    )  # fmt: skip
    page = text_of(at("clerk_cq_2").get(LIST))
    assert "林*梅" in page
    assert REASONS[1] in page
    assert yesterday.reason not in page
    stranger = at("clerk_sc")
    assert "今天没有不予收件的登记" in text_of(stranger.get(LIST))
    assert stranger.get(f"{LIST}{yesterday.pk}/").status_code == 404
    assert clerk.get(f"{LIST}{yesterday.pk}/").status_code == 200


def test_the_list_takes_as_many_statements_for_thirty_as_for_one(
    clerk: Client, window: World
) -> None:
    clerk.post(FORM, filled())
    clerk.get(LIST)
    with CaptureQueriesContext(connection) as one:
        clerk.get(LIST)
    for _ in range(29):
        clerk.post(FORM, filled())
    with CaptureQueriesContext(connection) as thirty:
        clerk.get(LIST)
    assert len(one) == len(thirty) <= 6
