"""Somebody comes to the window of 万州 and the card is read."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from django.test import Client

from tests import journeys
from tests.desk.conftest import text_of
from tests.desk.counter.conftest import (
    COUNTER,
    DAUGHTER_ID,
    scanned,
    value_of,
    visit_path,
)
from tests.world import LIN_ID, SUBSIDY, ZHOU_ID, World
from workflows.cases.opening import PartyInput

SignedIn = Callable[[str], Client]
FULL_WIDTH = LIN_ID.translate(str.maketrans("0123456789", "０１２３４５６７８９"))


@pytest.mark.parametrize(
    "typed", [LIN_ID, f" {LIN_ID[:6]} {LIN_ID[6:14]} {LIN_ID[14:]} ", FULL_WIDTH]
)
def test_a_card_is_understood_however_the_reader_types_it(clerk: Client, typed: str) -> None:
    key = scanned(clerk, typed)
    assert "5001**********0013" in text_of(clerk.get(visit_path(key)))


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("", "请刷身份证，或输入身份证号码"),
        (LIN_ID[:-1], "身份证号码应为 18 位，您填写了 17 位。"),
        (LIN_ID[:-1] + "4", "身份证号码的校验位不正确"),
        ("500101202713010013", "第 7 至 14 位的出生日期不正确"),
        ("<script>alert(1)</script>", "身份证号码应为 18 位"),
        ("\x00" * 18, "请刷身份证"),
        ("9" * 5000, "输入的内容过长"),
    ],
)
def test_a_wrong_number_is_told_at_the_box_and_begins_nothing(
    clerk: Client, typed: str, told: str
) -> None:
    page = clerk.post(COUNTER, {"id_number": typed})
    assert page.status_code == 200
    assert told in text_of(page) or "Null characters" in text_of(page)
    assert "<script>alert" not in page.content.decode()
    assert "counter_visits" not in clerk.session


def test_a_slip_of_the_finger_stays_in_the_box_to_be_mended(clerk: Client) -> None:
    page = clerk.post(COUNTER, {"id_number": LIN_ID[:-1] + "4"})
    assert value_of(page, "id_number") == LIN_ID[:-1] + "4"


def test_the_number_is_in_no_address_page_title_session_or_log(
    clerk: Client, window: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    key = scanned(clerk)
    slug = window.matter(SUBSIDY).matter.slug
    addresses = [
        COUNTER,
        visit_path(key),
        visit_path(key, f"?matter={slug}"),
        visit_path(key, "for/"),
        f"{COUNTER}turn-away/?visit={key}&matter={slug}",
    ]
    for address in addresses:
        page = clerk.get(address)
        assert page.status_code == 200
        assert LIN_ID not in page.content.decode()
        assert LIN_ID[6:14] not in page.content.decode()
    assert LIN_ID not in "".join(addresses)
    assert LIN_ID not in str(dict(clerk.session))
    assert LIN_ID not in caplog.text


def test_the_window_is_for_staff_of_offices_that_collect(at: SignedIn, window: World) -> None:
    assert Client().get(COUNTER).status_code == 302
    assert at("citizen").get(COUNTER).status_code == 404
    assert at("supervisor_cq").get(COUNTER).status_code == 403
    office = window.office("511702", "civil_affairs")
    office.roles = ["accept", "decide"]
    office.save(update_fields=["roles"])
    refused = at("clerk_sc").get(COUNTER)
    assert refused.status_code == 403
    assert "您所在的机构不设收件窗口" in text_of(refused)


def test_a_visit_is_nobody_elses(at: SignedIn) -> None:
    key = scanned(at("clerk_cq"))
    for name in ("clerk_cq_2", "clerk_sc"):
        answer = at(name).get(visit_path(key), follow=True)
        assert "这次接待已经结束，请重新刷身份证。" in text_of(answer)
    assert at("clerk_cq").get(visit_path(uuid.uuid4())).status_code == 302


def test_two_people_in_two_tabs_stay_two_people(clerk: Client) -> None:
    first, second = scanned(clerk, LIN_ID), scanned(clerk, DAUGHTER_ID)
    assert "5001**********0013" in text_of(clerk.get(visit_path(first)))
    assert "5001**********0042" in text_of(clerk.get(visit_path(second)))


def test_the_account_is_shown_masked_and_others_have_none(clerk: Client) -> None:
    known = text_of(clerk.get(visit_path(scanned(clerk))))
    assert "实名账户 林*梅 138****5678" in known
    assert "林晓梅" not in known
    assert "没有实名账户" in text_of(clerk.get(visit_path(scanned(clerk, DAUGHTER_ID))))


def test_the_persons_open_cases_at_this_office_appear_and_no_others(
    clerk: Client, window: World
) -> None:
    here = journeys.collected(window).case
    away = window.open(
        "道路运输从业资格证换发",
        parties=[PartyInput(role="applicant", name="林晓梅", id_number=LIN_ID)],
    )
    closed = journeys.completed(window, waybill="EMS0000000077").case
    page = clerk.get(visit_path(scanned(clerk)))
    assert here.number in text_of(page)
    assert "已收件，待转递" in text_of(page)
    assert away.number not in page.content.decode()
    assert "道路运输从业资格证换发" not in page.content.decode()
    assert closed.number not in page.content.decode()


def test_a_person_with_no_case_here_is_said_to_have_none_here(clerk: Client, window: World) -> None:
    window.open("道路运输从业资格证换发", parties=[_zhou()])
    page = text_of(clerk.get(visit_path(scanned(clerk, ZHOU_ID))))
    assert "本单位没有经办他（她）在办的件" in page


def _zhou() -> PartyInput:
    return PartyInput(role="applicant", name="周德福", id_number=ZHOU_ID)


def test_a_child_alone_is_told_to_come_with_a_guardian(clerk: Client) -> None:
    page = text_of(clerk.get(visit_path(scanned(clerk, "511702201903040023"))))
    assert "申请人未满 18 周岁" in page
    assert "须由监护人代为办理" in page


def test_somebody_with_two_windows_chooses_one_and_stays_there(at: SignedIn, window: World) -> None:
    both = window.post("busy", "两头跑", "500101901", "township_center", "clerk")
    window.people["busy"] = both
    from tongban.accounts.models import Posting

    center = window.office("500103", "service_center")
    Posting.objects.create(user=both, office=center, role="clerk", valid_from="2020-01-01")
    client = at("busy")
    assert "示范街道便民服务中心" in text_of(client.get(COUNTER))
    client.post(f"{COUNTER}window/", {"office": center.pk})
    page = client.get(COUNTER)
    assert f'value="{center.pk}" selected' in page.content.decode()
    client.post(f"{COUNTER}window/", {"office": window.office("511702", "police").pk})
    assert f'value="{center.pk}" selected' in client.get(COUNTER).content.decode()
